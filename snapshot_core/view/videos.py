"""The videos: all of them in a period, and one of them through its whole history."""

from snapshot_core.view.video_story import VideoStory, owner, video_story
from snapshot_core.view.video_table import VideoRow, VideoTable, video_table

__all__ = ["VideoRow", "VideoStory", "VideoTable", "owner", "video_story", "video_table"]
