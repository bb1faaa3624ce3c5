"""The plants: mistakes that a good engineer could make, each of which the simulator has to find.

A plant replaces `find`, which its file has exactly once, by `replace`, which asks `planted("NAME")` and does what the
file did before when that says no. All are compiled into one program, and one at a time is switched on.
"""

from plants import (aside, clock, compaction, conflicts, indexes, law, live, migration, outbox, pages, quarantine,
                    records, repair, restamping, session, strategies, unseen, views)

TOPICS = (clock, law, records, strategies, outbox, aside, quarantine, restamping, pages, unseen, conflicts, compaction,
          indexes, live, views, session, migration, repair)
PLANTS = [plant for topic in TOPICS for plant in topic.PLANTS]
