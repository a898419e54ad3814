// Package x plays the X API: version 2, version 1.1 where it is switched on, the
// page on which an account's owner lets an app in, and the token endpoint. It is written from X's documentation and shares no code with
// the connectors. Who comments and what becomes of it is on the board; here is
// only how X tells it.
package x

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"triage/internal/sandbox/board"
	"triage/internal/sandbox/consent"
)

// Options says whose X is played. All secrets are made up.
type Options struct {
	// UserID, Username and Name are the practice's account.
	UserID, Username, Name string
	// ConsumerKey to TokenSecret sign requests as OAuth 1.0a does.
	ConsumerKey, ConsumerSecret, Token, TokenSecret string
	// ClientID to RefreshToken get OAuth 2.0 tokens, which end.
	ClientID, ClientSecret, RefreshToken string
	// UserToken is a bearer token of the practice that does not end, AppToken one
	// that is nobody's, PersonToken another person's.
	UserToken, AppToken, PersonToken string
	Log                              *zap.Logger
	Now                              func() time.Time
}

// X is the platform on a board.
type X struct {
	opt     Options
	board   *board.Board
	nonces  map[string]time.Time // of signatures, by nonce
	windows map[string]*window   // of calls, by endpoint and caller
	handle  *regexp.Regexp       // the practice's @name in a text
	desk    consent.Desk
	mint    consent.Mint
}

// New plays on b.
func New(b *board.Board, opt Options) *X {
	x := &X{opt: opt, board: b, handle: regexp.MustCompile(`(?i)(^|[^\w@/])@` + opt.Username + `\b`), mint: consent.Mint{Prefix: "sandbox-x", Secret: opt.ClientSecret}}
	x.desk.Now = x.now
	x.Forget()
	return x
}

// Name implements board.Platform.
func (*X) Name() string { return "x" }

// Owns implements board.Platform.
func (*X) Owns(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/2/") || strings.HasPrefix(r.URL.Path, "/1.1/") || r.URL.Path == consentPath
}

// Method implements board.Platform.
func (*X) Method(r *http.Request) string { return r.Method }

// Practice implements board.Platform.
func (x *X) Practice() (name, id string) { return x.opt.Name, x.opt.UserID }

// Forget implements board.Forgetter: calls were never made, nonces never used.
func (x *X) Forget() {
	x.nonces, x.windows = map[string]time.Time{}, map[string]*window{}
	x.desk.Forget()
}

func (x *X) now() time.Time { return x.opt.Now().UTC() }

// on gives the value of a switch.
func (x *X) on(name string) string {
	if set, ok := x.board.Settings[x.Name()][name]; ok {
		return set
	}
	for _, s := range switches {
		if s.Name == name {
			return s.Usual
		}
	}
	panic("X has no switch " + name)
}

// NewPost implements board.Platform. The id is the number of the post until Finish
// knows when it was made.
func (x *X) NewPost(kind string, ahead int) *board.Item {
	post := &board.Item{ID: strconv.Itoa(x.board.Made + ahead), Platform: x.Name(), Kind: kind}
	if kind != board.VisitorPost {
		post.Author, post.Own = x.opt.Name, true
	}
	return post
}

// NewComment implements board.Platform.
func (x *X) NewComment(post *board.Item, ahead int) *board.Item {
	it := x.NewPost("", ahead)
	it.Author, it.Own, it.Post = "", false, post.ID
	return it
}

// What a comment's more may say.
const (
	moreMention      = "mention"      // explicit (or left out), implicit, none, quote
	moreConversation = "conversation" // practice (or left out), own
	moreProtected    = "protected"    // true: the author protected her posts
	moreDM           = "dm"           // open, closed: may the practice write to her
	moreMessage      = "message"      // a direct message that the author wrote to the practice
	moreMessageAt    = "message_at"   // when; left out: a minute before the post
	moreQuotes       = "quotes"       // id of the post that is quoted
	moreBare         = "bare"         // true: no @mention was put before the text
	moreLink         = "deep_link"    // direct_message_deep_link of a reply
	moreLang         = "lang"
)

var moreMay = map[string]string{
	moreMention:      "explicit implicit none quote",
	moreConversation: "practice own",
	moreProtected:    "true false",
	moreDM:           "open closed",
}

// Finish implements board.Platform: an id tells when a post was made.
func (x *X) Finish(it *board.Item) error {
	for key, may := range moreMay {
		if v := it.More[key]; v != "" && !strings.Contains(" "+may+" ", " "+v+" ") {
			return fmt.Errorf("more.%s %q is unknown; one of: %s", key, v, may)
		}
	}
	if at := it.More[moreMessageAt]; at != "" {
		if _, err := time.Parse(time.RFC3339, at); err != nil {
			return fmt.Errorf("more.%s %q is no time such as 2026-12-24T08:00:00Z", moreMessageAt, at)
		}
	}
	number, err := strconv.Atoi(it.ID)
	if err != nil {
		return fmt.Errorf("number of a post: %w", err)
	}
	if it.Text == "" && it.Media == "" {
		return errors.New("a post on X needs a text or a picture")
	}
	if it.More[moreMention] == "implicit" && x.target(it) == nil {
		return errors.New("only a reply mentions the practice implicitly")
	}
	it.ID = snowflake(it.Created, number)
	return nil
}

// snowflake is how X makes an id: the time in milliseconds, then a number that
// tells what was made at once apart.
func snowflake(at time.Time, number int) string {
	const epoch, bits = 1288834974657, 22
	return strconv.FormatUint(uint64(max(0, at.UnixMilli()-epoch))<<bits|uint64(number)&(1<<bits-1), 10)
}

// MayEdit implements board.Editor.
func (x *X) MayEdit(it *board.Item) error {
	switch {
	case x.on("edits") == "free":
	case x.target(it) != nil:
		return errors.New("X does not let anybody edit a reply")
	case it.Edits >= maxEdits:
		return fmt.Errorf("X allows %d edits", maxEdits)
	case x.now().After(it.Created.Add(x.span("edit-window"))):
		return errors.New("the time in which X allows edits is over")
	}
	return nil
}

const maxEdits = 5

// Switches implements board.Switched.
func (*X) Switches() []board.Switch { return switches }

// switches are explained in docs/sandbox.md.
var switches = []board.Switch{
	board.Choice("spelling", "both", "tweet", "post"),
	board.Choice("v1.1", "off", "on"),
	board.Choice("replies", "summoned", "any"),
	board.Choice("duplicates", "refused", "allowed"),
	board.Choice("dm", "open", "closed"),
	board.Choice("credits", "enough", "depleted"),
	board.Choice("access", "read-write-directmessages", "read-write", "read"),
	board.Choice("account", "active", "suspended", "locked", "automated"),
	board.Choice("enrolled", "yes", "no"),
	board.Choice("token", "good", "revoked"),
	board.Span("token-life", 2*time.Hour),
	board.Choice("client", "public", "confidential"),
	board.Choice("refresh-error", "invalid_request", "invalid_grant"),
	board.Choice("code-error", "invalid_grant", "invalid_request"),
	consent.Switch,
	board.Choice("limits", "on", "off"),
	board.Choice("429", "problem", "v1"),
	board.Count("daily-posts", 10_000),
	board.Count("daily-dms", 1440),
	board.Choice("errors", "problem+json", "json"),
	board.Choice("posts", "visible", "unauthorized", "missing"),
	board.Choice("pages", "full", "short"),
	board.Count("mentions-kept", 800),
	board.Choice("edits", "free", "as-x"),
	board.Span("edit-window", 30*time.Minute),
}

func (x *X) span(name string) time.Duration {
	d, _ := time.ParseDuration(x.on(name))
	return d
}

func (x *X) count(name string) int {
	n, _ := strconv.Atoi(x.on(name))
	return n
}
