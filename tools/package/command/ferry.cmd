@echo off
rem The `ferry` command of a package, in its folder resources\bin: the app's own program, told by FERRY_RUN to run the command line.
setlocal
set FERRY_RUN=command
"%~dp0..\..\Ferry.exe" --no-sandbox -- %*
exit /b %ERRORLEVEL%
