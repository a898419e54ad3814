// Package account is where somebody comes in and goes out, and looks after her own
// access.
package account

import (
	"embed"

	"triage/internal/review/page"
)

// Files are the pages' templates.
//
//go:embed templates
var Files embed.FS

// Pages are the pages about one's own access.
type Pages struct {
	*page.Site
	throttled lately
}
