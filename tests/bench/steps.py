"""later"""


async def measure_steps(installation):
    return {}
