// Package wordpress plays the comments of a WordPress site: its REST API, and as many
// of its pages as it takes to find that. It is written from WordPress' documentation
// and from what a real one answered, and shares no code with the connectors. Who
// comments and what becomes of it is on the board; here is only how WordPress tells it.
package wordpress

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the site's zone must be known wherever this runs

	"go.uber.org/zap"

	"triage/internal/sandbox/board"
)

// Options says whose site is played. All secrets are made up.
type Options struct {
	// Site is its name, and the one that the practice's user writes under.
	Site string
	// User and Email are either good to log in with, together with Password, an
	// application password.
	User, Email, Password string
	Log                   *zap.Logger
	Now                   func() time.Time
}

// The ids of the site's users: who owns it and wrote its posts, and the practice's.
const (
	ownerID = 1
	userID  = 2

	ownerName, ownerEmail = "Site owner", "owner@cedar.example"
)

// WordPress is the platform on a board.
type WordPress struct {
	opt   Options
	board *board.Board
}

// New plays on b.
func New(b *board.Board, opt Options) *WordPress { return &WordPress{opt: opt, board: b} }

// Name implements board.Platform.
func (*WordPress) Name() string { return "wordpress" }

// Owns implements board.Platform. The root is left to the Graph API where a request
// is one for that.
func (*WordPress) Owns(r *http.Request) bool {
	query := r.URL.Query()
	switch path := r.URL.Path; {
	case query.Has("rest_route"), path == "/index.php", path == "/wp-json":
		return true
	case path == "/":
		graph := query.Has("ids") || query.Has("access_token") || strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ")
		return reads(r.Method) && !graph
	default:
		return slices.ContainsFunc([]string{"/wp-json/", "/wp-admin/", blog}, func(below string) bool { return strings.HasPrefix(path, below) })
	}
}

func reads(method string) bool { return method == http.MethodGet || method == http.MethodHead }

// Method implements board.Platform: hosts that let only GET and POST through are
// got round by saying it otherwise.
func (*WordPress) Method(r *http.Request) string {
	for _, method := range []string{r.URL.Query().Get("_method"), r.Header.Get("X-HTTP-Method-Override")} {
		if method != "" {
			return strings.ToUpper(method)
		}
	}
	return r.Method
}

// Practice implements board.Platform.
func (w *WordPress) Practice() (name, id string) { return w.opt.Site, strconv.Itoa(userID) }

// now is the time as WordPress tells it: UTC, whole seconds.
func (w *WordPress) now() time.Time { return w.opt.Now().UTC().Truncate(time.Second) }

// NewPost implements board.Platform. Posts and comments are counted in one row, and
// together with what is on the other platforms: numbers have gaps.
func (w *WordPress) NewPost(kind string, ahead int) *board.Item {
	return &board.Item{ID: strconv.Itoa(w.board.Made + ahead + 1), Platform: w.Name(), Kind: kind, Author: w.opt.Site, Own: true}
}

// NewComment implements board.Platform.
func (w *WordPress) NewComment(post *board.Item, ahead int) *board.Item {
	it := w.NewPost("", ahead)
	it.Author, it.Own, it.Post = "", false, post.ID
	return it
}

// Switches implements board.Switched.
func (*WordPress) Switches() []board.Switch { return switches }

// switches are explained in docs/sandbox.md.
var switches = []board.Switch{
	board.Choice("role", "editor", "administrator", "author", "contributor", "subscriber"),
	board.Choice("login", "silent", "strict"),
	board.Choice("password", "good", "revoked", "stripped", "off"),
	board.Choice("permalinks", "pretty", "plain"),
	board.Choice("moderation", "off", "on"),
	board.Choice("trash", "on", "off"),
	board.Choice("zone", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata", "UTC"),
	board.Choice("front", "open", "forbidden", "busy", "throttled", "maintenance", "challenge"),
}

// on gives the value of a switch.
func (w *WordPress) on(name string) string {
	if set, ok := w.board.Settings[w.Name()][name]; ok {
		return set
	}
	for _, s := range switches {
		if s.Name == name {
			return s.Usual
		}
	}
	panic("WordPress has no switch " + name)
}

// zone is the site's, of now.
func (w *WordPress) zone() *time.Location {
	zone, err := time.LoadLocation(w.on("zone"))
	if err != nil {
		panic(fmt.Sprintf("a zone that can be switched to is unknown: %v", err))
	}
	return zone
}
