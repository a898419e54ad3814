// Package consent plays what the platforms share of OAuth 2.0: the page on which
// the owner of an account lets an app in, the codes that it gives out, and tokens
// that tell by themselves what they are good for. It knows no platform; what is
// asked for, and in which words it is refused, is theirs to say.
package consent

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"time"

	"triage/internal/sandbox/board"
)

// Life is how long a code is good.
const Life = time.Minute

// Switch says who decides on the page: whoever sees it, or nobody needs to.
var Switch = board.Choice("consent", "ask", allow, deny)

// What is decided. The page's buttons send it as decision.
const (
	allow = "allow"
	deny  = "deny"
)

// Ask is what an app asks for with the address that it opens in a browser. The
// platform has checked it.
type Ask struct {
	// Redirect is where the browser goes back to, with State.
	Redirect, State string
	// Challenge is the S256 of the verifier that the code needs; empty: none.
	Challenge string
	// Scopes is the set that is asked for.
	Scopes uint64
	// Offline: a refresh token is to come with the access token.
	Offline bool
}

// Desk gives out codes. They are in memory only: a restart or a reset kills them.
type Desk struct {
	// Prefix is how the platform's codes begin.
	Prefix string
	Now    func() time.Time
	codes  map[string]grant
}

type grant struct {
	ask  Ask
	ends time.Time
}

// Forget kills all codes.
func (d *Desk) Forget() { d.codes = nil }

// Decide answers an ask as the switch says. With ask it shows the page, which sends
// the same request again with the button that was pressed. Whatever is in also goes
// back with the code.
func (d *Desk) Decide(r *http.Request, how string, ask Ask, page Page, also url.Values) board.Reply {
	if how == "ask" {
		how = r.PostForm.Get("decision")
	}
	status := http.StatusFound
	if r.Method == http.MethodPost {
		status = http.StatusSeeOther
	}
	switch how {
	case allow:
		with := url.Values{"code": {d.give(ask)}}
		for name, values := range also {
			with[name] = values
		}
		return back(status, ask, with)
	case deny:
		return back(status, ask, url.Values{"error": {"access_denied"}})
	}
	return page.show()
}

// back sends the browser to the app.
func back(status int, ask Ask, with url.Values) board.Reply {
	to, err := url.Parse(ask.Redirect)
	if err != nil {
		panic(err) // Loopback has parsed it
	}
	if ask.State != "" {
		with.Set("state", ask.State)
	}
	query := to.Query()
	for name, values := range with {
		query[name] = values
	}
	to.RawQuery = query.Encode()
	return board.Reply{Status: status, Header: header(map[string]string{"Location": to.String()})}
}

// give makes a code.
func (d *Desk) give(ask Ask) string {
	now := d.Now()
	for code, g := range d.codes {
		if !now.Before(g.ends) {
			delete(d.codes, code)
		}
	}
	if d.codes == nil {
		d.codes = map[string]grant{}
	}
	var random [24]byte
	_, _ = rand.Read(random[:])
	code := d.Prefix + base64.RawURLEncoding.EncodeToString(random[:])
	d.codes[code] = grant{ask, now.Add(Life)}
	return code
}

// Take gives what a code was given out for. It is dead afterwards, whatever comes
// of it; false: it was dead before.
func (d *Desk) Take(code string) (Ask, bool) {
	g, ok := d.codes[code]
	delete(d.codes, code)
	return g.ask, ok && d.Now().Before(g.ends)
}

// Proves reports whether verifier is the one that the app had when it asked.
func (a Ask) Proves(verifier string) bool {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:]) == a.Challenge
}

// IsChallenge reports whether text can be the S256 of something.
func IsChallenge(text string) bool {
	sum, err := base64.RawURLEncoding.DecodeString(text)
	return err == nil && len(sum) == sha256.Size
}

// Loopback reports whether an address is http on this machine, by one of hosts, on
// any port.
func Loopback(address string, hosts ...string) bool {
	to, err := url.Parse(address)
	return err == nil && to.Scheme == "http" && to.User == nil && to.Fragment == "" && slices.Contains(hosts, to.Hostname())
}
