; Blocks and phases are what elsewhere is a function; tasks, models and `train` are what is a class.

(block body: (body) @function.inside) @function.around
(phase body: (body) @function.inside) @function.around

(task body: (body) @class.inside) @class.around
(model body: (body) @class.inside) @class.around
(train body: (body) @class.inside) @class.around

(parameters
  ((parameter) @parameter.inside . ","? @parameter.around) @parameter.around)
(arguments
  ((_) @parameter.inside . ","? @parameter.around) @parameter.around)
(list
  ((_) @entry.inside . ","? @entry.around) @entry.around)

(comment) @comment.inside
(comment)+ @comment.around
