"""The world's memory outlives the world when it is given a file."""

from pathlib import Path

from tests.counterparts import ASHA, start_world


def test_a_world_started_again_remembers_who_wrote(tmp_path: Path) -> None:
    for expected in (["one"], ["one", "two"]):
        process, world = start_world(WORLD_LEDGER=str(tmp_path / "ledger"))
        world.send_whatsapp(ASHA, expected[-1])
        assert [message["body"] for message in world.messages()] == expected
        world.close()
        process.terminate()
        assert process.wait(timeout=10) == 0


def test_a_forgotten_world_leaves_no_file(tmp_path: Path) -> None:
    process, world = start_world(WORLD_LEDGER=str(tmp_path / "ledger"))
    world.send_whatsapp(ASHA, "hello")
    world.reset()
    assert not (tmp_path / "ledger").exists()
    assert world.messages() == []
    world.close()
    process.terminate()
    process.wait(timeout=10)
