"""Where a platform sends the browser back to after a consent. Not in the navigation."""

from ui.accounts.consent import take_answer
from ui.session import open_session

take_answer(open_session())
