package x

import (
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"triage/internal/sandbox/board"
)

// post is one version of what somebody wrote: an edit makes a new one, with an id
// and a time of its own.
type post struct {
	*board.Item
	n int // 0 is the first version
}

// latest is the version that stands.
func latest(it *board.Item) post { return post{it, len(it.Versions)} }

// chain are the ids of all versions, oldest first.
func (p post) chain() []string {
	ids := []string{p.ID}
	for _, v := range p.Versions {
		ids = append(ids, snowflake(v.Until, v.Number))
	}
	return ids
}

func (p post) id() string {
	if p.n == 0 {
		return p.ID
	}
	v := p.Versions[p.n-1]
	return snowflake(v.Until, v.Number)
}

func (p post) said() string {
	if p.n < len(p.Versions) {
		return p.Versions[p.n].Text
	}
	return p.Text
}

func (p post) at() time.Time {
	if p.n == 0 {
		return p.Created
	}
	return p.Versions[p.n-1].Until
}

// find gives the version with that id, of a post that stands.
func (x *X) find(id string) (post, bool) {
	if it := x.board.ByID[id]; it != nil {
		return post{it, 0}, x.stands(it)
	}
	for _, it := range x.board.Items {
		if len(it.Versions) == 0 || !x.stands(it) {
			continue
		}
		for n, one := range (post{Item: it}).chain() {
			if one == id {
				return post{it, n}, true
			}
		}
	}
	return post{}, false
}

// stands: on X a reply outlives what it answers.
func (x *X) stands(it *board.Item) bool {
	return it != nil && it.Platform == x.Name() && !it.Deleted
}

// asOf gives the version of it that stood at a time.
func asOf(it *board.Item, at time.Time) post {
	n := 0
	for n < len(it.Versions) && !it.Versions[n].Until.After(at) {
		n++
	}
	return post{it, n}
}

// target is what it answers; nil: nothing.
func (x *X) target(it *board.Item) *board.Item {
	switch {
	case it.Kind != "" || it.More[moreMention] == "quote":
		return nil
	case it.Parent != "":
		return x.board.ByID[it.Parent]
	case it.More[moreConversation] == "own":
		return nil
	}
	return x.board.ByID[it.Post]
}

// root is the post that began the conversation.
func (x *X) root(it *board.Item) *board.Item {
	for up := x.target(it); up != nil; up = x.target(it) {
		it = up
	}
	return it
}

// quoted is the post that it quotes; nil: none.
func (x *X) quoted(it *board.Item) *board.Item {
	if id := it.More[moreQuotes]; id != "" {
		return x.board.ByID[id]
	}
	if it.More[moreMention] == "quote" {
		return x.board.ByID[it.Post]
	}
	return nil
}

// explicit: the person typed the practice's @name, in the words that stand.
func (x *X) explicit(p post) bool {
	if p.Own {
		return false
	}
	m := p.More[moreMention]
	return p.Kind == "" && (m == "" || m == "explicit") || x.typed(p.said())
}

// typed: the @name is among these words.
func (x *X) typed(text string) bool { return x.handle.MatchString(text) }

// mentions: the post is in the list of the practice's mentions.
func (x *X) mentions(p post) bool {
	return !p.Own && (x.explicit(p) || p.More[moreMention] == "implicit")
}

// summons: its author engaged the practice, so that it may answer by itself.
func (x *X) summons(p post) bool {
	q := x.quoted(p.Item)
	return p.Own || x.explicit(p) || q != nil && q.Own
}

// person is an account.
type person struct{ id, name, username string }

func (x *X) practice() person { return person{x.opt.UserID, x.opt.Name, x.opt.Username} }

// author is who wrote it. One without a name was suspended since.
func (x *X) author(it *board.Item) person {
	switch {
	case it.Own:
		return x.practice()
	case it.Author == "":
		return person{id: number("suspended " + it.ID)}
	}
	return person{number(it.Author), it.Author, username(it.Author)}
}

// wrote is what an account wrote that stands, oldest first.
func (x *X) wrote(who person) []*board.Item {
	var out []*board.Item
	for _, it := range x.board.Items {
		if x.stands(it) && it.Own == (who.id == x.opt.UserID) && (it.Own || it.Author == who.name) {
			out = append(out, it)
		}
	}
	return out
}

// account finds one by its id; it exists as long as something that it wrote stands.
func (x *X) account(id string) (person, bool) {
	if id == x.opt.UserID {
		return x.practice(), true
	}
	for _, it := range x.board.Items {
		if x.stands(it) && !it.Own && it.Author != "" && number(it.Author) == id {
			return x.author(it), true
		}
	}
	return person{}, false
}

// named finds an account by its id, or by its name where no id is given.
func (x *X) named(id, name string) (person, bool) {
	if id != "" {
		return x.account(id)
	}
	if strings.EqualFold(name, x.opt.Username) {
		return x.practice(), true
	}
	for _, it := range x.board.Items {
		if x.stands(it) && !it.Own && it.Author != "" && strings.EqualFold(username(it.Author), name) {
			return x.author(it), true
		}
	}
	return person{}, false
}

func protected(wrote []*board.Item) bool { return told(wrote, moreProtected) == "true" }

// open reports whether the practice may write to who wrote these.
func (x *X) open(wrote []*board.Item) bool {
	if said := told(wrote, moreDM); said != "" {
		return said == "open"
	}
	return x.on("dm") == "open"
}

// told is what was said last about a person, with any of her posts.
func told(wrote []*board.Item, key string) string {
	said := ""
	for _, it := range wrote {
		if v := it.More[key]; v != "" {
			said = v
		}
	}
	return said
}

// number is an id made of a name.
func number(of string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(of))
	return fmt.Sprint(1_000_000_000_000 + h.Sum64()%1_000_000_000_000_000)
}

// username is a handle made of a name.
func username(name string) string {
	handle := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_':
			return r
		case r == ' ' || r == '.' || r == '-':
			return '_'
		}
		return -1
	}, strings.ToLower(name))
	if strings.Trim(handle, "_") == "" {
		handle = "user" + number(name)
	}
	return handle[:min(len(handle), 15)]
}
