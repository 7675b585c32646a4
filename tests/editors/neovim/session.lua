-- One session with the plugin of editors/neovim: what is seen goes to $ARCHLANG_SEEN as JSON, the test judges.
local seen = {}

local function await(what, call)
  local answer
  local done = vim.wait(20000, function()
    answer = call()
    return answer
  end, 50)
  if not done then
    error(what .. ": not within 20 s")
  end
  return answer
end

local function ask(method, parameters)
  local answers = vim.lsp.buf_request_sync(0, method, parameters, 20000) or {}
  for _, answer in pairs(answers) do
    return answer.result
  end
end

local function line_of(text)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    if line:find(text, 1, true) then
      return number
    end
  end
end

-- What colours the first letter of a text; none of it are lists of names in the file.
local function group_at(text)
  local number = line_of(text)
  local column = vim.fn.getline(number):find(text, 1, true)
  return vim.fn.synIDattr(vim.fn.synID(number, column, 1), "name")
end

local ok, problem = pcall(function()
  seen.version = vim.version().major * 100 + vim.version().minor
  require("archlang").setup({ cmd = vim.json.decode(vim.env.ARCHLANG_COMMAND) })
  vim.cmd("edit " .. vim.env.ARCHLANG_FILE)
  seen.filetype = vim.bo.filetype
  seen.groups = {
    task = group_at("task Iris"),
    input = group_at("input measures"),
    comment = group_at("# A comment"),
    number = group_at("0.2"),
    argument = group_at("activation="),
  }
  seen.messages = await("diagnostics", function()
    local found = vim.diagnostic.get(0)
    return #found > 0 and vim.tbl_map(function(each) return each.message end, found)
  end)
  local actions = ask("textDocument/codeAction", {
    textDocument = { uri = vim.uri_from_bufnr(0) },
    range = { start = { line = line_of("Dnese") - 1, character = 4 }, ["end"] = { line = line_of("Dnese") - 1, character = 9 } },
    context = { diagnostics = {} },
  })
  seen.action = actions[1].title
  vim.lsp.util.apply_workspace_edit(actions[1].edit, "utf-8")
  await("no more diagnostics", function() return #vim.diagnostic.get(0) == 0 end)
  local hover = ask("textDocument/hover", {
    textDocument = { uri = vim.uri_from_bufnr(0) },
    position = { line = line_of("Dropout") - 1, character = 6 },
  })
  seen.hover = hover.contents.value
  if vim.lsp.inlay_hint then
    seen.hints = await("inlay hints", function()
      local hints = vim.lsp.inlay_hint.get({ bufnr = 0 })
      return #hints > 0 and vim.tbl_map(function(each) return each.inlay_hint.label end, hints)
    end)
  end
  if vim.lsp.buf.format then
    vim.lsp.buf.format({ timeout_ms = 20000 })
  else
    vim.lsp.buf.formatting_sync(nil, 20000)
  end
  seen.text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
end)
if not ok then
  seen.problem = tostring(problem)
end
local file = io.open(vim.env.ARCHLANG_SEEN, "w")
file:write(vim.json.encode(seen))
file:close()
vim.cmd("qa!")
