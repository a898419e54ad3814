package sandbox

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Comment is what Add writes as somebody on a platform would.
type Comment struct {
	Platform string `json:"platform"`
	Text     string `json:"text"`
	// Author is the person's name. Nil: an invented person; empty: the platform
	// does not tell; the practice's own name (or page id): the practice itself.
	Author *string `json:"author"`
	// Post is the id of a post or its name; an unknown name makes the post.
	// Empty: the platform's first post.
	Post string `json:"post"`
	// Parent is the id of the comment that is answered.
	Parent  string    `json:"parent"`
	Created time.Time `json:"created"` // zero: now
	// Kind of the post if one is made: page, visitor or dark.
	Kind string `json:"kind"`
	// Media attaches a photo, video, sticker or share.
	Media string `json:"media"`
	// Hidden: the platform's own filter hid it at once.
	Hidden bool `json:"hidden"`
}

// seeds are the first posts of the invented practice, oldest first.
var seeds = []struct {
	age  time.Duration
	text string
}{
	{9 * 24 * time.Hour, "Flu clinic this Friday from 8 to 12. No appointment needed."},
	{4 * 24 * time.Hour, "Welcome to Dr. Alvarez, who joins Cedar Family Practice this month!"},
	{26 * time.Hour, "Our phones are open until 6 pm again. What else would make your life easier?"},
}

// seed gives every platform without posts its first ones.
func (s *Server) seed(before ...record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	recs, fresh := before, len(before) > 0
	for _, p := range s.platforms {
		if s.firstPost(p.name) != nil && !fresh {
			continue
		}
		for _, sd := range seeds {
			post := s.newPost(p.name, pagePost, len(recs))
			post.Text, post.Created = sd.text, s.now().Add(-sd.age)
			recs = append(recs, record{Op: opAdd, Item: post})
		}
	}
	if len(recs) == 0 {
		return nil
	}
	return s.store.write(recs...)
}

// now is the time as platforms tell it: UTC, whole seconds.
func (s *Server) now() time.Time { return s.opt.Now().UTC().Truncate(time.Second) }

// next gives the number of the item that is made after ahead others.
func (s *Server) next(ahead int) int64 { return 122_000_000_000 + int64(s.store.made+ahead) }

func (s *Server) newPost(platform, kind string, ahead int) *item {
	post := &item{ID: fmt.Sprintf("%s_%d", s.opt.PageID, s.next(ahead)), Platform: platform, Kind: kind}
	if kind != visitorPost {
		post.Author, post.Own = s.opt.PageName, true
	}
	return post
}

func (s *Server) newComment(platform string, post *item, ahead int) *item {
	_, number, _ := strings.Cut(post.ID, "_")
	return &item{ID: fmt.Sprintf("%s_%d", number, s.next(ahead)), Platform: platform, Post: post.ID}
}

func (s *Server) firstPost(platform string) *item {
	for _, it := range s.store.items {
		if it.Platform == platform && it.Kind == pagePost && !it.Deleted {
			return it
		}
	}
	return nil
}

// Add writes a comment as a person on the platform would and returns its id.
// It is on disk when Add returns.
func (s *Server) Add(c Comment) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.Text == "" && c.Media == "" {
		return "", errors.New("a comment needs a text, or a media such as \"photo\"")
	}
	if err := s.check(c); err != nil {
		return "", err
	}
	recs, post, err := s.place(c)
	if err != nil {
		return "", err
	}
	it := s.newComment(c.Platform, post, len(recs))
	it.Text, it.Media, it.Hidden = c.Text, c.Media, c.Hidden
	it.Author, it.Own = s.author(c.Author)
	it.Created = s.when(c.Created)
	if parent := s.store.byID[c.Parent]; parent != nil {
		it.Parent, it.Root = parent.ID, parent.Root
		if it.Root == "" {
			it.Root = parent.ID
		}
	}
	return it.ID, s.store.write(append(recs, record{Op: opAdd, Item: it})...)
}

// check refuses what no platform here could have.
func (s *Server) check(c Comment) error {
	var names []string
	for _, p := range s.platforms {
		if p.name == c.Platform {
			return oneOf("media", c.Media, "", "photo", "video", "sticker", "share")
		}
		names = append(names, p.name)
	}
	return fmt.Errorf("platform %q is not played by this sandbox; it plays: %s", c.Platform, strings.Join(names, ", "))
}

func oneOf(what, got string, allowed ...string) error {
	for _, a := range allowed {
		if got == a {
			return nil
		}
	}
	return fmt.Errorf("%s %q is unknown; one of: %s", what, got, strings.Trim(strings.Join(allowed, ", "), ", "))
}

// place finds the post a comment goes under, or prepares a new one.
func (s *Server) place(c Comment) ([]record, *item, error) {
	name := c.Post
	if c.Parent != "" {
		parent := s.store.byID[c.Parent]
		if s.store.gone(parent) || parent.Kind != "" || parent.Platform != c.Platform {
			return nil, nil, fmt.Errorf("there is no comment %q to answer", c.Parent)
		}
		name = parent.Post
	}
	if name == "" {
		if post := s.firstPost(c.Platform); post != nil {
			return nil, post, nil
		}
	}
	for _, it := range s.store.items {
		if it.Platform == c.Platform && it.Kind != "" && !it.Deleted && (it.ID == name || it.Name == name && name != "") {
			return nil, it, nil
		}
	}
	return s.makePost(c, name)
}

func (s *Server) makePost(c Comment, name string) ([]record, *item, error) {
	kind := c.Kind
	if kind == "" {
		kind = pagePost
	}
	if err := oneOf("kind", kind, pagePost, visitorPost, darkPost); err != nil {
		return nil, nil, err
	}
	post := s.newPost(c.Platform, kind, 0)
	post.Name, post.Text, post.Created = name, name, s.when(c.Created)
	if kind == visitorPost {
		post.Author = "Sam Visitor"
	}
	return []record{{Op: opAdd, Item: post}}, post, nil
}

func (s *Server) when(t time.Time) time.Time {
	if t.IsZero() {
		return s.now()
	}
	return t.UTC().Truncate(time.Second)
}

func (s *Server) author(name *string) (string, bool) {
	switch {
	case name == nil:
		return "Pat Example", false
	case *name == s.opt.PageName, *name == s.opt.PageID:
		return s.opt.PageName, true
	default:
		return *name, false
	}
}
