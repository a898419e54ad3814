package sandbox

import (
	"triage/internal/sandbox/board"

	"errors"
	"fmt"
	"maps"
	"slices"
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
	// More is what only this platform knows, such as the stars of a review.
	More map[string]string `json:"more"`
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
func (s *Server) seed(before ...board.Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	recs, fresh := before, len(before) > 0
	for _, p := range s.platforms {
		if s.board.First(p.Name()) != nil && !fresh {
			continue
		}
		posts, err := s.firstPosts(p, len(recs))
		if err != nil {
			return err
		}
		recs = append(recs, posts...)
	}
	if len(recs) == 0 {
		return nil
	}
	return s.board.Write(recs...)
}

// firstPosts are those of one platform, made after ahead others.
func (s *Server) firstPosts(p board.Platform, ahead int) ([]board.Record, error) {
	if sole, ok := p.(board.Sole); ok {
		place := sole.Place()
		place.Created = s.now().Add(-seeds[0].age)
		return []board.Record{{Op: board.Add, Item: place}}, nil
	}
	var recs []board.Record
	for _, sd := range seeds {
		post := p.NewPost(board.PagePost, ahead+len(recs))
		post.Text, post.Created = sd.text, s.now().Add(-sd.age)
		if err := p.Finish(post); err != nil {
			return nil, err
		}
		recs = append(recs, board.Record{Op: board.Add, Item: post})
	}
	return recs, nil
}

// now is the time as platforms tell it: UTC, whole seconds.
func (s *Server) now() time.Time { return s.opt.Now().UTC().Truncate(time.Second) }

// Add writes a comment as a person on the platform would and returns its id.
// It is on disk when Add returns.
func (s *Server) Add(c Comment) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.Text == "" && c.Media == "" && c.More["stars"] == "" {
		return "", errors.New("a comment needs a text, or a media such as \"photo\"")
	}
	p, err := s.platform(c.Platform)
	if err == nil {
		err = oneOf("media", c.Media, "", "photo", "video", "sticker", "share")
	}
	if err != nil {
		return "", err
	}
	recs, post, err := s.place(p, c)
	if err != nil {
		return "", err
	}
	it := p.NewComment(post, len(recs))
	s.fill(p, it, c)
	if err := p.Finish(it); err != nil {
		return "", err
	}
	return it.ID, s.board.Write(append(recs, board.Record{Op: board.Add, Item: it})...)
}

// fill gives a new comment what c says.
func (s *Server) fill(p board.Platform, it *board.Item, c Comment) {
	it.Text, it.Media, it.Hidden = c.Text, c.Media, c.Hidden
	it.Author, it.Own = author(p, c.Author)
	it.Created = s.when(c.Created)
	it.More = maps.Clone(it.More)
	for k, v := range c.More {
		if it.More == nil {
			it.More = map[string]string{}
		}
		it.More[k] = v
	}
	if parent := s.board.ByID[c.Parent]; parent != nil {
		it.Parent, it.Root = parent.ID, parent.Root
		if it.Root == "" {
			it.Root = parent.ID
		}
	}
}

// platform finds one by its name.
func (s *Server) platform(name string) (board.Platform, error) {
	var names []string
	for _, p := range s.platforms {
		if p.Name() == name {
			return p, nil
		}
		names = append(names, p.Name())
	}
	slices.Sort(names)
	return nil, fmt.Errorf("platform %q is not played by this sandbox; it plays: %s", name, strings.Join(names, ", "))
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
func (s *Server) place(p board.Platform, c Comment) ([]board.Record, *board.Item, error) {
	name := c.Post
	if c.Parent != "" {
		parent := s.board.ByID[c.Parent]
		if s.board.Gone(parent) || parent.Kind != "" || parent.Platform != c.Platform {
			return nil, nil, fmt.Errorf("there is no comment %q to answer", c.Parent)
		}
		if post := s.board.ByID[parent.Post]; post != nil {
			return nil, post, nil
		}
		return nil, parent, nil // it stands under no post
	}
	if name == "" {
		if post := s.board.First(c.Platform); post != nil {
			return nil, post, nil
		}
	}
	for _, it := range s.board.Items {
		if it.Platform == c.Platform && it.Kind != "" && !it.Deleted && (it.ID == name || it.Name == name && name != "") {
			return nil, it, nil
		}
	}
	return s.makePost(p, c, name)
}

func (s *Server) makePost(p board.Platform, c Comment, name string) ([]board.Record, *board.Item, error) {
	kind := c.Kind
	if kind == "" {
		kind = board.PagePost
	}
	if err := oneOf("kind", kind, board.PagePost, board.VisitorPost, board.DarkPost); err != nil {
		return nil, nil, err
	}
	post := p.NewPost(kind, 0)
	if post == nil {
		return nil, nil, fmt.Errorf("on %s there is one place to write, and no other can be made", p.Name())
	}
	post.Name, post.Text, post.Created = name, name, s.when(c.Created)
	if kind == board.VisitorPost {
		post.Author = "Sam Visitor"
	}
	if err := p.Finish(post); err != nil {
		return nil, nil, err
	}
	return []board.Record{{Op: board.Add, Item: post}}, post, nil
}

func (s *Server) when(t time.Time) time.Time {
	if t.IsZero() {
		return s.now()
	}
	return t.UTC().Truncate(time.Second)
}

// author is who writes: nobody named, the practice, or a person.
func author(p board.Platform, name *string) (string, bool) {
	practice, id := p.Practice()
	switch {
	case name == nil:
		return "Pat Example", false
	case *name == practice, *name == id:
		return practice, true
	default:
		return *name, false
	}
}
