"""Where a platform sends the browser back to after a consent. Not in the navigation."""

from ui.accounts.consent import answer
from ui.session import open_session

answer(open_session())
