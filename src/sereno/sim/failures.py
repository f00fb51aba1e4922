"""What goes wrong with recorders in the field, by number: what people see, and what Sereno does.

A number never gets another meaning: quirks name theirs (``quirk.Quirk.rows``), and so do tests
(``test_row_22_…``, ``test_rows_3_4_5_…``). docs/ref/devices.md shows all of it together.
"""

from __future__ import annotations

from typing import NamedTuple


class Failure(NamedTuple):
    """One failure. ``exempt`` says why no test shows it, where none does."""

    what: str
    answer: str
    exempt: str = ""


FAILURES: dict[int, Failure] = {
    1: Failure(
        "The right password is refused for half an hour: the account is locked",
        "A wrong password is shown once; a lock is waited for, also over a restart",
    ),
    2: Failure(
        "A challenge with oddities makes a client give up, or fall back to Basic",
        "Challenges are read tolerantly, and answered in digest only",
    ),
    3: Failure("The device asks for SHA-256 digests alone", "Both digests are spoken"),
    4: Failure(
        "Commas inside a challenge turn a good password into a wrong one",
        "Quoted texts are read as such",
    ),
    5: Failure(
        "After some minutes logins fail, then work again: nonces are good for few requests",
        "A new challenge is answered once more",
    ),
    6: Failure("An account gets an error at a few things only", "The right that it lacks is named"),
    7: Failure("A model lacks what others have", "That is an ability less, and no error"),
    8: Failure("Empty lists, or one item where lists were, end a client", "Both are read"),
    9: Failure("An empty bay is taken for a broken disk", "Only disks that are there count"),
    10: Failure("A full disk that is overwritten raises an alarm", "It is well"),
    11: Failure(
        "Pictures are refused at their usual path", "The other path is tried and remembered"
    ),
    12: Failure(
        "Footage is not found: times are local for one device and UTC for another",
        "The convention is found out for each device",
    ),
    13: Failure(
        "All footage is an hour off in summer",
        "The rules of the zone count, not the offset that the device writes",
    ),
    14: Failure(
        "Search pages go on for ever, or repeat", "Pages go by what came; repetition ends it"
    ),
    15: Failure("Searches are refused as malformed", "Search ids have the shape that is wanted"),
    16: Failure(
        "A search fails inside the device, now and then", "It is narrow, and asked once more"
    ),
    17: Failure("Over months nothing is found at all", "Searches go day by day"),
    18: Failure("A download is empty and called a success", "Other forms of asking are tried"),
    19: Failure("Download by time is not supported", "Whole files are fetched"),
    20: Failure(
        "A downloaded file plays nowhere", "It is recognised by its bytes and put into MP4"
    ),
    21: Failure(
        "Footage fetched right after its end is cut short",
        "Its length is checked; it is asked again, or told",
    ),
    22: Failure("A file begins with kilobytes of no video", "They are passed over"),
    23: Failure(
        "Footage begins seconds or minutes early or late",
        "The clock in the footage is read, and it is asked again",
    ),
    24: Failure("Long downloads are refused", "An hour at a time is asked for"),
    25: Failure("After some broken downloads the device refuses all", "They are read to their end"),
    26: Failure("A search with a date in another form is refused", "Times are written as it wants"),
    27: Failure("Searches stop working after hours", "Each is closed, whatever happens"),
    28: Failure(
        "Playback is refused while live works", "One playback at a time, and then words for it"
    ),
    29: Failure("The recorder gives no further stream", "It is waited for; viewers share a stream"),
    30: Failure("Video does not answer at its usual port", "The port is what the device says"),
    31: Failure("Passwords with reserved characters are refused", "They never stand in addresses"),
    32: Failure(
        "Video cannot be decoded: its encryption is on",
        "What cannot be read is told with that setting's name",
        "what encrypted footage looks like is not published",
    ),
    33: Failure("One malformed event ends the stream of events", "It is left out"),
    34: Failure("A silent stream of events is taken for a dead one", "Silence is allowed"),
    35: Failure("Events are refused after a connection broke off", "It is asked again, later"),
    36: Failure(
        "Parts of the stream of events are not where they should be", "Events are looked for"
    ),
    37: Failure("A list of wanted events is refused", "All are asked for"),
    38: Failure("Heads of events have more lines or fewer", "Events are looked for"),
    39: Failure("A camera falls over many connections", "Few are made at once"),
    40: Failure("A camera restarts when its sound is asked for", "That is never asked for"),
    41: Failure("ONVIF refuses because clocks differ", "Its own clock is used"),
    42: Failure("ONVIF names addresses that lead nowhere", "The host is that which answers"),
    43: Failure("ONVIF replay plays from the beginning", "Its own headers are sent"),
    44: Failure("A transport is refused", "The next is tried, and remembered"),
    45: Failure("Sound does not fit into MP4", "It becomes AAC"),
    46: Failure(
        "A newer ffmpeg does not know an option",
        "Options are those that all versions know",
        "the option in question is never given",
    ),
    47: Failure("Another recorder stands at the address", "Its serial number tells"),
    48: Failure("Channels are listed that do not exist", "Only those that exist are shown"),
    49: Failure(
        "Live picture and footage differ by seconds",
        "Footage begins at the key frame before; the picture's own clock is the camera's",
        "it is how recorders work",
    ),
    50: Failure(
        "Footage is overwritten before it was fetched",
        "What is overwritten first is fetched first",
        "there is no queue of fetches yet",
    ),
}
