-- Colours by tree-sitter where its parser has been built (README.md); by syntax/arch.vim where not.
if vim.treesitter.start then
  local ok, problem = pcall(vim.treesitter.start)
  if not ok and #vim.api.nvim_get_runtime_file("parser/arch.*", false) > 0 then
    vim.notify_once("no colours by tree-sitter: " .. problem, vim.log.levels.WARN)
  end
end
