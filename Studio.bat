@echo off
rem A double click opens the studio on Windows. Close this window to end it.
cd /d "%~dp0"
if exist .venv\Scripts\audio-builder.exe goto start
echo Setting up, once ...
py -m venv .venv || goto failed
.venv\Scripts\python -m pip install --quiet ".[serve]" || goto failed
:start
.venv\Scripts\audio-builder studio %*
if not errorlevel 1 exit /b 0
:failed
echo It did not start. Is Python 3.11 or later installed (python.org/downloads)?
pause
