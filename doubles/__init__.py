"""Stand-ins for the far side: providers that answer like the real ones and remember what they were sent.

They run in a process of their own and know nothing of the product.
"""
