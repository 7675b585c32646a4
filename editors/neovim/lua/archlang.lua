-- archlang in Neovim: the language server, inlay hints, the commands of its code lenses. Needs Neovim 0.7; hints need 0.10.
--
--   require("archlang").setup({ cmd = nil, hints = true })
local M = {}

local settings = { cmd = nil, hints = true }

local function executable(path)
  return vim.fn.executable(path) == 1 and path or nil
end

-- The `archc` for a folder: its virtual environment's, the active one's, then PATH's.
local function archc(root)
  local bin = vim.fn.has("win32") == 1 and "/Scripts/archc.exe" or "/bin/archc"
  local active = vim.env.VIRTUAL_ENV
  return executable(root .. "/.venv" .. bin)
    or executable(root .. "/venv" .. bin)
    or (active and executable(active .. bin))
    or executable("archc")
end

local function root_of(file)
  local marker = vim.fn.finddir(".git", vim.fn.fnamemodify(file, ":h") .. ";")
  if marker ~= "" then
    return vim.fn.fnamemodify(marker, ":p:h:h")
  end
  return vim.fn.fnamemodify(file, ":p:h")
end

local clients = {} -- by folder, where Neovim does not share them itself

local function start(buffer)
  local root = root_of(vim.api.nvim_buf_get_name(buffer))
  local command = settings.cmd
  if not command then
    local found = archc(root)
    if not found then
      vim.notify_once('To check .arch files, install archlang: pip install "archlang[editor]"', vim.log.levels.WARN)
      return
    end
    command = { found, "lsp" }
  end
  local config = { name = "archlang", cmd = command, root_dir = root }
  config.on_attach = function(_, attached)
    if settings.hints and vim.lsp.inlay_hint then
      vim.lsp.inlay_hint.enable(true, { bufnr = attached })
    end
  end
  if vim.lsp.start then
    vim.lsp.start(config, { bufnr = buffer })
  else
    clients[root] = clients[root] or vim.lsp.start_client(config)
    vim.lsp.buf_attach_client(buffer, clients[root])
  end
end

-- What code lenses offer; each is given the file and the model.
local function in_terminal(what)
  return function(command)
    local file, model = vim.uri_to_fname(command.arguments[1]), command.arguments[2]
    local found = archc(root_of(file)) or "archc"
    local words = { found, what, "--model", model, file }
    vim.cmd("botright 15split | terminal " .. table.concat(vim.tbl_map(vim.fn.shellescape, words), " "))
  end
end

local function picture(command)
  local file, model = vim.uri_to_fname(command.arguments[1]), command.arguments[2]
  local output = vim.fn.tempname() .. ".svg"
  local said = vim.fn.system({ archc(root_of(file)) or "archc", "diagram", "--model", model, "-o", output, file })
  if vim.v.shell_error ~= 0 then
    vim.notify(said, vim.log.levels.ERROR)
  elseif vim.ui.open then
    vim.ui.open(output)
  else
    vim.notify("the picture is " .. output)
  end
end

function M.setup(given)
  settings = vim.tbl_extend("force", settings, given or {})
  vim.lsp.commands["archlang.run"] = in_terminal("run")
  vim.lsp.commands["archlang.compile"] = in_terminal("compile")
  vim.lsp.commands["archlang.showPicture"] = picture
  local group = vim.api.nvim_create_augroup("archlang", { clear = true })
  vim.api.nvim_create_autocmd("FileType", {
    group = group,
    pattern = "arch",
    callback = function(event)
      start(event.buf)
    end,
  })
end

return M
