[
  (body)
  (parameters)
  (arguments)
  (list)
  (list_comprehension)
] @fold
