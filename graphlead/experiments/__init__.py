"""Whether any of it worked: experiments dealt and read back, and runs and tables compared; beside the pipeline."""
