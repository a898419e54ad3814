// Package graph plays Meta's Graph API: a Facebook Page and the Instagram account
// that is linked to it. It is written from Meta's documentation and shares no code
// with the connectors.
package graph

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"triage/internal/sandbox/board"
)

// ExpiredToken was valid once.
const ExpiredToken = "sandbox-expired-token"

// The names of the platforms.
const (
	facebook  = "facebook"
	instagram = "instagram"
)

// Options says whose Graph API is played.
type Options struct {
	PageID, PageName string
	// Token is the Page's, UserToken that of a person who manages the Page.
	Token, UserToken string
	// InstagramID is the professional account's, InstagramName its username and
	// InstagramToken the one it gives by itself, without the Page.
	InstagramID, InstagramName, InstagramToken string
	AppID, AppSecret                           string
	// Calls is how many calls a day are allowed to the Page; 0: no limit.
	Calls int
	Log   *zap.Logger
	Now   func() time.Time
}

// now is the time as Meta tells it: UTC, whole seconds.
func (o *Options) now() time.Time { return o.Now().UTC().Truncate(time.Second) }

// Graph is the API on a board.
type Graph struct {
	opt   Options
	board *board.Board
	calls map[string][]time.Time // of the last day, by platform
}

// New plays on b.
func New(b *board.Board, opt Options) *Graph {
	g := &Graph{opt: opt, board: b}
	g.Forget()
	return g
}

// Forget implements board.Forgetter: calls were never made.
func (g *Graph) Forget() { g.calls = map[string][]time.Time{} }

// next gives the number of the item that is made after ahead others.
func (g *Graph) next(ahead int) int64 { return 122_000_000_000 + int64(g.board.Made+ahead) }

// Facebook is the Page's part. It takes every path that no platform before it
// owns.
type Facebook struct{ *Graph }

// Name implements board.Platform.
func (Facebook) Name() string { return facebook }

// Owns implements board.Platform.
func (Facebook) Owns(*http.Request) bool { return true }

// Practice implements board.Platform.
func (f Facebook) Practice() (name, id string) { return f.opt.PageName, f.opt.PageID }

// NewPost implements board.Platform.
func (f Facebook) NewPost(kind string, ahead int) *board.Item {
	post := &board.Item{ID: fmt.Sprintf("%s_%d", f.opt.PageID, f.next(ahead)), Platform: facebook, Kind: kind}
	if kind != board.VisitorPost {
		post.Author, post.Own = f.opt.PageName, true
	}
	return post
}

// NewComment implements board.Platform.
func (f Facebook) NewComment(post *board.Item, ahead int) *board.Item {
	number := post.ID[strings.IndexByte(post.ID, '_')+1:]
	return &board.Item{ID: fmt.Sprintf("%s_%d", number, f.next(ahead)), Platform: facebook, Post: post.ID}
}

// Finish implements board.Platform: what recommends the Page stands under no post.
func (Facebook) Finish(it *board.Item) error {
	if err := known(it.More, facebookMore); err != nil {
		return err
	}
	if recommends(it) {
		it.ID, it.Post, it.Parent, it.Root = it.ID[strings.IndexByte(it.ID, '_')+1:], "", "", ""
	}
	return nil
}

// Instagram is the account's part, whether it is asked with the Page's token or
// with its own.
type Instagram struct{ *Graph }

// Name implements board.Platform.
func (Instagram) Name() string { return instagram }

// Owns implements board.Platform.
func (i Instagram) Owns(r *http.Request) bool { return i.newCall(r).platform == instagram }

// Practice implements board.Platform.
func (i Instagram) Practice() (name, id string) { return i.opt.InstagramName, i.opt.InstagramID }

// NewPost implements board.Platform.
func (i Instagram) NewPost(kind string, ahead int) *board.Item {
	return &board.Item{ID: fmt.Sprintf("1810%013d", i.next(ahead)), Platform: instagram, Kind: kind, Author: i.opt.InstagramName, Own: true}
}

// NewComment implements board.Platform.
func (i Instagram) NewComment(post *board.Item, ahead int) *board.Item {
	return &board.Item{ID: fmt.Sprintf("1799%013d", i.next(ahead)), Platform: instagram, Post: post.ID}
}

// instagramID is how the ids of media and comments look.
var instagramID = regexp.MustCompile(`^1(799|810)\d{13}$`)

// isInstagrams reports whether an id is the account's, or looks like one below it.
func (g *Graph) isInstagrams(id string) bool {
	return id == g.opt.InstagramID || id == g.scopedID() || instagramID.MatchString(id)
}

// scopedID is the id of the account for the app, which its own token gives.
func (g *Graph) scopedID() string { return "2" + g.opt.InstagramID[1:] }

// Finish implements board.Platform: replies are one level, whoever they answer.
func (i Instagram) Finish(it *board.Item) error {
	switch {
	case it.Kind == board.VisitorPost:
		return fmt.Errorf("nobody else posts on an Instagram account; kind is %s or %s", board.PagePost, board.DarkPost)
	case it.Kind == "" && it.Media != "":
		return fmt.Errorf("a comment on Instagram has no %s", it.Media)
	case it.Kind != "":
		return nil
	}
	if !it.Own {
		it.Author = username(it.Author)
	}
	it.Parent = it.Root
	return known(it.More, instagramMore)
}

// username is a name as Instagram would allow it.
func username(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '.'
		case r == '.' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z':
			return r
		}
		return '_'
	}, strings.ToLower(name))
}

// What a comment's more may say, by key.
var (
	facebookMore = map[string]string{"recommendation": "positive negative",
		"can_hide": "true false", "can_comment": "true false", "can_remove": "true false", "can_reply_privately": "true false"}
	instagramMore = map[string]string{"restricted": "true false"}
)

// known checks what more says against what it may say.
func known(more, may map[string]string) error {
	for key, value := range more {
		switch words, ok := may[key]; {
		case !ok:
			return fmt.Errorf("more.%s is unknown; there is: %s", key, strings.Join(slices.Sorted(maps.Keys(may)), ", "))
		case !slices.Contains(strings.Fields(words), value):
			return fmt.Errorf("more.%s %q is unknown; one of: %s", key, value, words)
		}
	}
	return nil
}
