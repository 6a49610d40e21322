"""A customer's phone and laptop in the browser, beside the agent's inbox. Only with ``up --demo``.

What she writes goes to the product by the doubles, as a provider would bring it; what she receives is read from
them. Nothing here writes a table of the product.
"""
