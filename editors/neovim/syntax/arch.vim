" archlang. Written by tools/make_highlighting.py.
if exists('b:current_syntax')
  finish
endif
syntax match archName /\<[A-Za-z_]\w*\>/
syntax match archKeyword /\v<(as|else|for|frozen|head|if|input|learned|let|output|repeat|require|shared)>/
syntax match archOperator /\v<(and|in|not|or)>/
syntax match archConstant /\v<(False|None|True)>/
syntax match archType /\v<(bfloat16|binary_classification|bool|classification|complex128|complex64|float16|float32|float64|float8_e4m3fn|float8_e5m2|forecasting|generation|int16|int32|int64|int8|mixed_bfloat16|mixed_float16|multilabel_classification|reconstruction|regression|segmentation|string|token_classification|uint16|uint32|uint64|uint8)>/
syntax match archDeclaration /\v(^|\{)\s*\zs(block|layer|loss|metric|model|task|train|from|phase)>(\s*(-\>|\=|\.|\(|\[|,|:|as>))@!/
syntax match archDeclaration /\v([\"'].*[\"']\s*)@<=import>/
syntax match archArgument /\v<[A-Za-z_]\w*>(\s*\=\=@!)@=/
syntax match archNumber /\v<\d[0-9A-Za-z_.]*([eE][+-]\d+)?/
syntax region archString start=/\"/ skip=/\\./ end=/\"/ oneline
syntax region archString start=/'/ skip=/\\./ end=/'/ oneline
syntax match archComment /#.*$/ contains=@Spell
highlight default link archKeyword Keyword
highlight default link archOperator Operator
highlight default link archConstant Constant
highlight default link archType Type
highlight default link archDeclaration Statement
highlight default link archArgument Identifier
highlight default link archNumber Number
highlight default link archString String
highlight default link archComment Comment
let b:current_syntax = 'arch'
