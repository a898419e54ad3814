package people

import (
	"context"
	"strings"
	"time"
)

// The names under which a session holds who it is of, and how it began.
const (
	SessionUser    = "user"
	SessionMark    = "mark"
	SessionSince   = "since"   // Unix seconds
	SessionPlace   = "place"   // an address, or the network of an IPv6 one
	SessionBrowser = "browser" // in plain words
	SessionBy      = "by"      // "" for a password alone, or how else
	SessionUsed    = "used"    // Unix seconds
)

// Session is a sign-in that is not over.
type Session struct {
	// ID names it on pages: the hash of its token, which opens nothing.
	ID string `json:"id"`
	// User is whose it is.
	User string `json:"user"`
	// Since is when she signed in, Used when she last did something.
	Since time.Time `json:"since"`
	Used  time.Time `json:"used"`
	// Place and Browser are where she signed in from, and with what.
	Place   string `json:"place,omitempty"`
	Browser string `json:"browser,omitempty"`
	// By is how, such as ByPasskey; empty: by her password alone.
	By string `json:"by,omitempty"`
}

// Sessions are who is signed in.
type Sessions interface {
	// Of are the sessions of a user, the last used first.
	Of(ctx context.Context, name string) ([]Session, error)
	// End ends one, at once and everywhere. One that is over is ended already.
	End(ctx context.Context, id string) error
}

// EndAll ends the sessions of a user but for one, which may be empty, and returns how
// many it ended.
func EndAll(ctx context.Context, s Sessions, name, but string) (int, error) {
	all, err := s.Of(ctx, name)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, one := range all {
		if one.ID == but {
			continue
		}
		if err := s.End(ctx, one.ID); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// Browser says in plain words what a User-Agent header names, such as "Firefox,
// Windows"; empty: nothing that is known. It is for people who look whether a sign-in was theirs: a header can lie.
func Browser(agent string) string {
	browser := first(agent, "", "Edg", "Edge", "OPR/", "Opera", "SamsungBrowser", "Samsung Internet",
		"Firefox", "Firefox", "FxiOS", "Firefox", "CriOS", "Chrome", "Chrome", "Chrome", "Safari", "Safari")
	system := first(agent, "", "iPhone", "iPhone", "iPad", "iPad", "Android", "Android", "Windows", "Windows",
		"CrOS", "ChromeOS", "Mac OS X", "Mac", "Linux", "Linux")
	return strings.Trim(browser+", "+system, ", ")
}

// first is the name after the first mark that is found.
func first(agent, none string, marks ...string) string {
	for i := 0; i+1 < len(marks); i += 2 {
		if strings.Contains(agent, marks[i]) {
			return marks[i+1]
		}
	}
	return none
}
