"""Reading sources into immutable data versions, and the engine over them."""
