"""The lexicon: words of sixty languages to language-neutral concepts, and what is needed to look them up."""
