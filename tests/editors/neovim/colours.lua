-- What colours a spec with the plugin of editors/neovim; it goes to $ARCHLANG_SEEN as JSON, the test judges.
local seen = {}

local function place_of(text)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local column = line:find(text, 1, true)
    if column then
      return number, column
    end
  end
  error(text .. ": not there")
end

local ok, problem = pcall(function()
  seen.version = vim.version().major * 100 + vim.version().minor
  vim.cmd("edit " .. vim.env.ARCHLANG_FILE)
  seen.syntax = vim.bo.syntax
  seen.captures, seen.groups = {}, {}
  for _, text in ipairs(vim.json.decode(vim.env.ARCHLANG_PLACES)) do
    local line, column = place_of(text)
    seen.groups[text] = vim.fn.synIDattr(vim.fn.synID(line, column, 1), "name")
    local captures = {}
    if vim.treesitter.get_captures_at_pos then
      vim.treesitter.get_parser(0, "arch"):parse()
      for _, each in ipairs(vim.treesitter.get_captures_at_pos(0, line - 1, column - 1)) do
        table.insert(captures, each.capture)
      end
    end
    seen.captures[text] = captures
  end
  if vim.treesitter.foldexpr then
    vim.wo.foldmethod, vim.wo.foldexpr = "expr", "v:lua.vim.treesitter.foldexpr()"
    vim.cmd("normal! zx")
    local line = place_of("Dropout")
    vim.wait(5000, function() return vim.fn.foldlevel(line) > 0 end, 20)
    seen.fold = vim.fn.foldlevel(line)
  end
  seen.said = vim.fn.execute("messages")
end)
if not ok then
  seen.problem = tostring(problem)
end
local file = io.open(vim.env.ARCHLANG_SEEN, "w")
file:write(vim.json.encode(seen))
file:close()
vim.cmd("qa!")
