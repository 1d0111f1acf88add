"""The videos: all of them in a period, and one of them through its whole history."""

from snapshot_core.view.video import VideoStory, owner, video_story
from snapshot_core.view.videos_table import VideoRow, VideoTable, video_table

__all__ = ["VideoRow", "VideoStory", "VideoTable", "owner", "video_story", "video_table"]
