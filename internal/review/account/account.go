// Package account is where somebody comes in and goes out, and looks after her own
// access: password, second step, passkeys, sessions.
package account

import (
	"cmp"
	"embed"
	"net"
	"net/http"

	"go.uber.org/zap"

	"triage/internal/audit"
	"triage/internal/people"
	"triage/internal/review/page"
)

// Files are the pages' templates, styles and scripts.
//
//go:embed templates assets
var Files embed.FS

// Pages are the pages about one's own access.
type Pages struct {
	*page.Site
	// Keys are passkeys; nil: the page is reached by a number, and they need a name.
	Keys *people.Passkeys
	// Provider signs people in with an account that they have elsewhere; nil: none.
	Provider *people.Provider
	// ProviderName is what it is called, such as "Microsoft".
	ProviderName string
	// Live are the sessions that there are; nil: they are not known.
	Live people.Sessions

	throttled lately
}

// record puts into the audit who did what about her access, and from which address.
// Of one who was refused it holds no name: what is typed there may be a password. An
// audit that takes nothing is alerted elsewhere, and keeps nobody from the desk.
func (p *Pages) record(r *http.Request, do, user, note string) {
	if p.Audit == nil {
		return
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	where := "from " + host
	if note != "" {
		where += ", " + note
	}
	err = p.Audit.Append(r.Context(), audit.Act{By: cmp.Or(user, "nobody"), From: "page", Do: do, On: user, Note: where})
	if err != nil {
		p.Log.Error("not in the audit", zap.String("act", do), zap.String("user", user), zap.Error(err))
	}
}

// said is a page that may have to say what went wrong.
type said struct {
	page.Frame
	// Say is in the reader's language; empty: nothing went wrong.
	Say string
}

func (p *Pages) said(r *http.Request, title, say string) said {
	v := page.VisitOf(r)
	out := said{Frame: p.Frame(r, v.Words.Whole(title))}
	if say != "" {
		out.Say = v.Words.Whole(say)
	}
	return out
}
