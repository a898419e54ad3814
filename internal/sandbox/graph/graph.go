// Package graph plays Meta's Graph API. It is written from Meta's documentation
// and shares no code with the connectors.
package graph

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"triage/internal/sandbox/board"
)

// ExpiredToken was valid once.
const ExpiredToken = "sandbox-expired-token"

// Options says whose Graph API is played.
type Options struct {
	PageID, PageName string
	// Token is the Page's, UserToken that of a person who manages the Page.
	Token, UserToken string
	AppID, AppSecret string
	// Calls is how many calls a day are allowed; 0: no limit.
	Calls int
	// Asked is how many were made, this one included.
	Asked func() int
	Log   *zap.Logger
	Now   func() time.Time
}

// now is the time as Meta tells it: UTC, whole seconds.
func (o *Options) now() time.Time { return o.Now().UTC().Truncate(time.Second) }

// Graph is the API on a board.
type Graph struct {
	opt   Options
	board *board.Board
}

// New plays on b.
func New(b *board.Board, opt Options) *Graph { return &Graph{opt: opt, board: b} }

// Facebook is the Page's part. It takes every path that no platform before it
// owns.
type Facebook struct{ *Graph }

func (g *Graph) facebook() Facebook { return Facebook{g} }

// Name implements board.Platform.
func (Facebook) Name() string { return "facebook" }

// Owns implements board.Platform.
func (Facebook) Owns(*http.Request) bool { return true }

// Practice implements board.Platform.
func (f Facebook) Practice() (name, id string) { return f.opt.PageName, f.opt.PageID }

// next gives the number of the item that is made after ahead others.
func (g *Graph) next(ahead int) int64 { return 122_000_000_000 + int64(g.board.Made+ahead) }

// NewPost implements board.Platform.
func (f Facebook) NewPost(kind string, ahead int) *board.Item {
	post := &board.Item{ID: fmt.Sprintf("%s_%d", f.opt.PageID, f.next(ahead)), Platform: f.Name(), Kind: kind}
	if kind != board.VisitorPost {
		post.Author, post.Own = f.opt.PageName, true
	}
	return post
}

// NewComment implements board.Platform.
func (f Facebook) NewComment(post *board.Item, ahead int) *board.Item {
	_, number, _ := strings.Cut(post.ID, "_")
	return &board.Item{ID: fmt.Sprintf("%s_%d", number, f.next(ahead)), Platform: f.Name(), Post: post.ID}
}

// Finish implements board.Platform.
func (Facebook) Finish(*board.Item) error { return nil }
