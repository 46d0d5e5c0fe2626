"""The built-in understanding of questions: lexicon, typed spans, grammar, dialogue."""
