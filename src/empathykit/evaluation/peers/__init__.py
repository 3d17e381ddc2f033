"""The models that are measured side by side, one adapter each."""

from .catalog import PEERS, Peer, find_peer, list_peers

__all__ = ["PEERS", "Peer", "find_peer", "list_peers"]
