// Package google plays what the reviews of a Google Business Profile need: the old
// My Business API v4, the lists of accounts and locations, the page on which their
// owner lets an app in, and the token endpoint. It is written from Google's documentation and shares no code with the connectors.
package google

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"triage/internal/sandbox/board"
	"triage/internal/sandbox/consent"
)

// Options says whose profile is played. All secrets are made up.
type Options struct {
	// Account and Location are numbers, Name is the location's.
	Account, Location, Name              string
	ClientID, ClientSecret, RefreshToken string
	// UserToken is an access token that does not end, PersonToken that of somebody
	// who does not manage the profile.
	UserToken, PersonToken string
	Log                    *zap.Logger
	Now                    func() time.Time
}

// Google is the platform on a board.
type Google struct {
	opt     Options
	board   *board.Board
	windows map[string]*window // of calls
	desk    consent.Desk
	mint    consent.Mint
}

// New plays on b.
func New(b *board.Board, opt Options) *Google {
	g := &Google{opt: opt, board: b, mint: consent.Mint{Prefix: "sandbox-google", Secret: opt.ClientSecret}}
	g.desk = consent.Desk{Prefix: "4/0A", Now: g.now}
	g.Forget()
	return g
}

// Name implements board.Platform.
func (*Google) Name() string { return "google" }

// Owns implements board.Platform.
func (*Google) Owns(r *http.Request) bool {
	path := r.URL.Path
	return strings.HasPrefix(path, "/v4/") || path == "/v1/accounts" || strings.HasPrefix(path, "/v1/accounts/") || path == tokenPath || path == consentPath
}

// Method implements board.Platform.
func (*Google) Method(r *http.Request) string { return r.Method }

// Practice implements board.Platform.
func (g *Google) Practice() (name, id string) { return g.opt.Name, g.place() }

// Forget implements board.Forgetter.
func (g *Google) Forget() {
	g.windows = map[string]*window{}
	g.desk.Forget()
}

func (g *Google) now() time.Time { return g.opt.Now().UTC() }

// place is the name of the location among all resources.
func (g *Google) place() string {
	return "accounts/" + g.opt.Account + "/locations/" + g.opt.Location
}

// Place implements board.Sole: what is reviewed is the location.
func (g *Google) Place() *board.Item {
	return &board.Item{ID: g.place(), Platform: g.Name(), Kind: board.PagePost, Author: g.opt.Name, Own: true, Text: g.opt.Name}
}

// NewPost implements board.Platform.
func (*Google) NewPost(string, int) *board.Item { return nil }

// NewComment implements board.Platform. Finish makes the id of its number.
func (g *Google) NewComment(place *board.Item, ahead int) *board.Item {
	return &board.Item{ID: strconv.Itoa(g.board.Made + ahead), Platform: g.Name(), Post: place.ID}
}

// What a review's more may say.
const (
	moreStars      = "stars"      // 1 to 5; left out: 5
	moreTranslated = "translated" // what Google's translation of the text says
)

// Finish implements board.Platform: a person reviews once, the practice answers a
// review once.
func (g *Google) Finish(it *board.Item) error {
	stars := it.More[moreStars]
	switch {
	case it.Own && it.Parent == "":
		return errors.New("the practice does not review itself: name the parent that it answers")
	case it.Own && g.reply(it.Parent) != nil:
		return errors.New("a review has one reply: edit that, or delete it")
	case !it.Own && it.Parent != "":
		return errors.New("only the practice answers a review")
	case stars != "" && (len(stars) != 1 || stars < "1" || stars > "5"):
		return fmt.Errorf("more.stars %q is not from 1 to 5", stars)
	}
	if it.Own {
		it.ID = it.Parent + "/reply/" + it.ID // Google itself has no id for it
		return nil
	}
	sum := sha256.Sum256([]byte("review " + it.ID))
	it.ID = "AbFvOq" + base64.RawURLEncoding.EncodeToString(sum[:24])
	return nil
}

// reply is the answer that a review has; nil: none.
func (g *Google) reply(review string) *board.Item {
	for _, it := range g.board.Items {
		if it.Parent == review && it.Own && !it.Deleted {
			return it
		}
	}
	return nil
}

// Switches implements board.Switched.
func (*Google) Switches() []board.Switch { return switches }

// switches are explained in docs/sandbox.md.
var switches = []board.Switch{
	board.Choice("review", "approve", "reject", "hold"),
	board.Span("review-after", 30*time.Second),
	board.Choice("violation", "PERSONAL_INFO", "ADVERTISING_AND_SOLICITATION", "REPETITIVE", "OFF_TOPIC", "GENERIC_VIOLATION"),
	board.Choice("location", "verified", "unverified", "forbidden", "missing"),
	board.Choice("listed", "yes", "no"),
	board.Choice("token", "good", "revoked"),
	board.Span("token-life", 3599*time.Second),
	board.Choice("service", "on", "disabled"),
	board.Choice("quota", "granted", "none"),
	board.Choice("limits", "on", "off"),
	consent.Switch,
}

// on gives the value of a switch.
func (g *Google) on(name string) string {
	if set, ok := g.board.Settings[g.Name()][name]; ok {
		return set
	}
	for _, s := range switches {
		if s.Name == name {
			return s.Usual
		}
	}
	panic("Google has no switch " + name)
}

func (g *Google) span(name string) time.Duration {
	d, _ := time.ParseDuration(g.on(name))
	return d
}
