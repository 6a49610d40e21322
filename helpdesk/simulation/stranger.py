"""A stranger types her addresses into a window of his own, and gets nothing."""

from __future__ import annotations

import json

from helpdesk.simulation.chatting import ChatWindow
from helpdesk.simulation.scene import Scene
from helpdesk.simulation.telling import quoted
from helpdesk.simulation.waiting import until

WRONG_CODE = "000000"
# Long enough for the assistant to answer him, and for anything that should not come to come.
WATCHED_SECONDS = 6.0


def types_her_addresses(scene: Scene) -> None:
    """Neither her words nor her conversation reach him, and nothing joins."""
    before = scene.look()
    window = ChatWindow(scene.place.chat_socket)
    try:
        words = f"It's me, {scene.mailbox.address} and {scene.phone.number}. What did I write to you?"
        window.say(words)
        window.challenge("pending")
        window.verify(WRONG_CODE)
        window.wait(lambda: "wrong_code" in window.errors, "A wrong code is refused")
        window.watch(WATCHED_SECONDS)
        seen, his = json.dumps(list(window.rows.values())), window.conversation or 0
        shown = {row["id"] for row in window.shown("message")}
    finally:
        window.close()
    row = until(lambda: scene.admin.get(f"conversations/{his}/"), "The stranger's conversation")
    scene.teller.step(f"Chat, another window: a stranger writes {quoted(words)}")
    after, owners = scene.look(), _owners(scene)
    hers = scene.messages()
    written = [one["text"] for one in hers if one["author"]["kind"] in ("customer", "agent")]
    leaked = shown & {one["id"] for one in hers}
    scene.teller.step(
        f"He is customer {row['customer']['id']} in conversation #{row['number']}; of her {len(hers)} messages "
        f"his window shows {len(leaked)}; her addresses still belong to customer {', '.join(map(str, owners))}"
    )
    scene.teller.check(not leaked, "the stranger sees none of her messages")
    scene.teller.check(
        not [text for text in written if json.dumps(text)[1:-1] in seen], "nor her words in any other row"
    )
    scene.teller.check(scene.order not in seen, "the stranger does not see her order number")
    scene.teller.check(his != scene.conversation, "the stranger has a conversation of his own")
    scene.teller.check(row["customer"]["id"] != scene.customer, "the stranger is another customer")
    scene.teller.check(owners == [scene.customer], "her addresses are hers alone")
    scene.teller.check(after["message_count"] == before["message_count"], "nothing was added to her conversation")


def _owners(scene: Scene) -> list[int]:
    found = [scene.admin.customers_with(address) for address in (scene.phone.number, scene.mailbox.address)]
    return sorted({row["id"] for rows in found for row in rows})
