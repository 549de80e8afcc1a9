"""What a simulated creditor counts and keeps: enough to say afterwards whether all went well.

No personal data: numbers, codes and receipts. The receipts hold the checkpoints of our log, which
makes the creditor a witness of it (design §4).
"""

from dataclasses import dataclass, field

from gateway.domain.identifiers import MessageId
from gateway.wire.receipt import Receipt


@dataclass(slots=True)
class Dossier:
    """Dossier of one simulated creditor.

    `duplicates` counts messages that came again and got the earlier answer; `answers` those that
    left for the first time, in a response or at our listener. `refused` holds the codes with which
    the creditor refused what came; `faults` the statuses with which we refused a late answer.
    `complaints` says what was wrong with a receipt of ours: empty, or something is broken.
    """

    questions: int = 0
    reminders: int = 0
    notices: int = 0
    stops: int = 0
    outages: int = 0
    duplicates: int = 0
    answers: int = 0
    cancelled: int = 0
    refused: list[str] = field(default_factory=list)
    faults: list[int] = field(default_factory=list)
    receipts: dict[MessageId, Receipt] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    @property
    def checkpoints(self) -> tuple[str, ...]:
        """The log checkpoints that this creditor can show, in the order it got them."""
        found = (receipt.checkpoint for receipt in self.receipts.values())
        return tuple(checkpoint for checkpoint in found if checkpoint is not None)

    def keep(self, receipt: Receipt) -> None:
        """Keep our receipt of a late answer; a second delivery must get the very same one."""
        earlier = self.receipts.setdefault(receipt.message_id, receipt)
        if earlier != receipt:
            self.complaints.append("another-receipt-for-the-same-message")
