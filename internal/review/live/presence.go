package live

import (
	"iter"
	"net/http"
	"time"

	"triage/internal/review/page"
)

// Presence knows who has which case open, in all processes of the practice.
type Presence interface {
	// Enter says that a user has a case open, until the function it returns is called.
	Enter(id, user string) (leave func())
	// Pass says that a user was shown a case by a page that will not say when it is
	// closed.
	Pass(id, user string)
	// Here are the users who have a case open, and since when: who came first first.
	Here(id string) iter.Seq2[string, time.Time]
}

// Nobody knows of nobody.
type Nobody struct{}

// Enter implements Presence.
func (Nobody) Enter(string, string) (leave func()) { return func() {} }

// Pass implements Presence.
func (Nobody) Pass(string, string) {}

// Here implements Presence.
func (Nobody) Here(string) iter.Seq2[string, time.Time] {
	return func(func(string, time.Time) bool) {}
}

// CaseOf is the case that the page of a stream shows; empty: it shows a list.
func CaseOf(r *http.Request) string {
	id := r.URL.Query().Get("case")
	if page.Local("/cases/"+id) == "/" {
		return ""
	}
	return id
}
