//! The thin part that touches the network: it performs what the engine says, and nothing else.
