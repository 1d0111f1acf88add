"""What ``import --help`` says of files."""

from typing import Final

from snapshot_core.cli.column_map import FIELDS
from snapshot_core.metrics import VIDEO_METRICS

FILE_HELP: Final = f"""\
The file has one row per video and instant, and names its columns in the first line:
  account, video_id, captured_at   needed; instants as 2026-01-31T22:00:00Z
  {", ".join(VIDEO_METRICS)}   totals, not daily amounts; empty where unknown, never 0
  title, published_at              optional
  followers, following, likes_total   the account's own, in a row with an empty video_id
  status (complete, partial), rounded (true, false)   optional
  source (youtube, public, tiktok) of the readings    optional

An example:
  account,video_id,title,published_at,captured_at,views,likes,comments,shares
  my_channel,7554971395553052634,Soup,2026-01-02T03:04:05Z,2026-01-31T22:00:00Z,57600,1135,48,21

All about it: docs/readings-file.md

An export of TikTok Studio (Content, FollowerHistory, Overview; CSV, xlsx or a zip of them) names
no account, so --account does. Of any other table, CSV or xlsx, --map names the columns:
  --account my_channel --map "video=Clip,at=Measured on,views=Plays"
  keys: {", ".join(FIELDS)}
  a column with a comma in its name: views="Plays, all"; one without a name: views=#3
Without --map a table is looked at, and a command that may fit is printed. All about it:
docs/imports.md
"""
