// Package wordpress holds the plugin that brings the nudge to the comment form
// of a WordPress site: files only, to which triage nudge adds the script and the
// practice's settings. It is GPL-2.0-or-later, as WordPress asks of plugins.
package wordpress

import "embed"

// Plugin is the plugin's directory, named triage-nudge.
//
//go:embed triage-nudge
var Plugin embed.FS
