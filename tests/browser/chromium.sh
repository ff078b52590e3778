#!/bin/sh
# Chromium without what draws suggestions under its address line: for each window it starts a process and two pages,
# which take longer than the page that a test looks at. Of a switch given twice Chromium takes the last alone, so
# this one is added to what Playwright turns off.
unneeded=WebUIOmniboxPopup,WebUIOmniboxAimPopup
for argument do
  shift
  case $argument in --disable-features=*) argument=$argument,$unneeded ;; esac
  set -- "$@" "$argument"
done
exec chromium "$@"
