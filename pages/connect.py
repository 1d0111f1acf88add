"""Where a platform sends the browser back to after a consent. Not in the navigation."""

from ui.consent import answer
from ui.desk import open_desk

answer(open_desk())
