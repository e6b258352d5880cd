"""The spine: the codec, what a store must do, its in-memory twin, and the pipeline that composes the stages."""
