[
  (body)
  (parameters)
  (arguments)
  (list)
  (list_comprehension)
  (tuple)
  (parenthesized)
  (flow)
] @indent

[
  "}"
  ")"
  "]"
] @outdent
