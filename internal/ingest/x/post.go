package x

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"triage/internal/ingest"
)

// post is one version of one post, whichever version of the API told of it.
type post struct {
	id string
	// versions are the ids of all of them, oldest first: an edit gives a post a new
	// id. The first stands for the post for ever.
	versions []string
	text     string
	author   string
	name     string // of the author, for people
	handle   string
	created  time.Time
	// conversation is the post with which the conversation began, starter who wrote
	// that; empty: not told.
	conversation, starter, title string
	// answers and quotes are the posts that it answers and quotes, as they were
	// first; empty: none.
	answers, quotes string
	// quoted is who wrote what it quotes; empty: not told.
	quoted string
	media  bool
	// named: its author names the account on purpose.
	named bool
	// open: the author takes private messages from the account.
	open bool
}

// item is the id by which the post is known, whatever became of it since.
func (p post) item() string { return p.versions[0] }

// newest is the id of its newest version: the one that is acted on.
func (p post) newest() string { return p.versions[len(p.versions)-1] }

// parent is the post under which it hangs; none for what is said directly to a
// post of the account itself.
func (p post) parent(user string) string {
	to := p.answers
	if to == "" && p.author == user {
		to = p.quotes // quoting somebody is a way to answer
	}
	if to == p.conversation && p.starter == user {
		return ""
	}
	return to
}

// words are the parts of an answer that say what a post says, in either version.
type words struct {
	text     string
	entities object
	from, to int  // the place of the shown part; to is 0 where that is not told
	ranged   bool // from and to are told
	long     bool // the text goes on beyond what to speaks of
	reply    bool
}

var leadingNames = regexp.MustCompile(`^(?:@[A-Za-z0-9_]{1,20}\s+)+`)

// shownFrom is the place, in characters, before which X put names by itself.
func (w words) shownFrom() int {
	switch {
	case w.ranged:
		return w.from
	case w.reply:
		return utf8.RuneCountInString(leadingNames.FindString(w.text))
	}
	return 0
}

// names reports whether the author names the account on purpose: what X puts in
// front of every reply by itself is no such thing.
func (w words) names(user, handle string) bool {
	return slices.ContainsFunc(w.entities.list("mentions", "user_mentions"), func(m object) bool {
		start, end := m.number("start"), m.number("end")
		if from, to, ok := m.pair("indices"); ok {
			start, end = from, to
		}
		id := m.id("id", "id_str")
		ours := id == user || id == "" && handle != "" && strings.EqualFold(m.text("username", "screen_name"), handle)
		inside := start >= w.shownFrom() && (!w.ranged || w.long || end <= w.to)
		return ours && inside
	})
}

// Bounds on the addresses that are put back into a text.
const (
	mostLinks = 100
	mostLink  = 2 << 10
)

var unescape = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// readable is the text as its author wrote it: without the names in front if own,
// with addresses in place of X's short ones, and with < > & as such.
func (w words) readable(own bool) string {
	text := w.text
	if own {
		if runes, from := []rune(text), w.shownFrom(); from > 0 && from < len(runes) && runes[0] == '@' {
			text = string(runes[from:])
		}
	}
	links := w.entities.list("urls")
	for _, l := range links[:min(len(links), mostLinks)] {
		short, full := l.text("url"), l.text("expanded_url")
		if strings.HasPrefix(short, "https://t.co/") && full != "" && len(full) <= mostLink {
			text = strings.Replace(text, short, full, 1)
		}
	}
	return unescape.Replace(text)
}

// privately is for how long after a mention a private answer is offered: X shows
// the messages of 30 days, and whether one was sent cannot be known after that.
const privately = 30 * 24 * time.Hour

// comment turns a post into ours.
func (c *Client) comment(p post) ingest.Comment {
	own := p.author == c.cfg.User
	name := p.name
	if name == "" {
		name = p.handle
	}
	out := ingest.Comment{
		Platform: Platform, Account: c.account, Created: p.created, Own: own, Media: p.media,
		CanHide: c.canHide(p), NoReply: !own && !c.answerable(p), Unjudged: !c.cfg.Inference,
		Content: ingest.Content{
			Text: p.text, Author: name, AuthorID: p.author, Item: p.item(), Post: p.conversation,
			Parent: p.parent(c.cfg.User), Link: p.link(), Title: p.title,
		},
	}
	if c.cfg.Private && p.open && !own && !p.created.IsZero() {
		out.PrivateUntil = p.created.Add(privately)
	}
	return out
}

// answerable reports whether X would let the account answer the post.
func (c *Client) answerable(p post) bool {
	return c.cfg.Replies == everyone || p.named || p.quoted == c.cfg.User
}

// canHide reports whether the post is somebody's reply in a conversation that
// the account began.
func (c *Client) canHide(p post) bool {
	return c.cfg.API == v2Name && p.author != c.cfg.User && p.answers != "" && p.starter == c.cfg.User
}

var handlePattern = regexp.MustCompile(`^[A-Za-z0-9_]{1,20}$`)

// link leads to the post on X. It is made of what was checked only.
func (p post) link() string {
	if handlePattern.MatchString(p.handle) {
		return "https://x.com/" + p.handle + "/status/" + p.newest()
	}
	return "https://x.com/i/status/" + p.newest()
}

const titleLength = 80 // characters

// title is the beginning of a text.
func title(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > titleLength {
		return string(runes[:titleLength-1]) + "…"
	}
	return string(runes)
}

// reader reads the posts of one answer of version 2, in either spelling.
type reader struct {
	user, handle string
	users, known map[string]object // what came along, by id
}

func (v *version2) reader(o object, data []object) reader {
	r := reader{user: v.cfg.User, users: map[string]object{}, known: map[string]object{}}
	if handle := v.handle.Load(); handle != nil {
		r.handle = *handle
	}
	along := o.object("includes")
	for _, u := range along.list("users") {
		r.users[u.id("id")] = u
	}
	for _, p := range slices.Concat(along.list("tweets"), along.list("posts"), data) {
		if id := p.id("id"); id != "" {
			r.known[id] = p
		}
	}
	return r
}

// post reads one; ok is false if it is none, or only repeats somebody's post.
func (r reader) post(o object) (p post, ok bool) {
	p.id = o.id("id")
	p.versions = versionsOf(o)
	p.author = o.id("author_id")
	for _, ref := range o.list("referenced_tweets", "referenced_posts") {
		switch id := ref.id("id"); ref.text("type") {
		case "retweeted":
			return p, false
		case "replied_to":
			p.answers = r.first(id)
		case "quoted":
			p.quotes = r.first(id)
			p.quoted = r.known[id].id("author_id")
		}
	}
	if p.id == "" {
		return p, false
	}
	u := r.users[p.author]
	p.name, p.handle, p.open = u.text("name"), u.text("username"), u.flag("receives_your_dm")
	p.created = o.time("created_at")
	if first := madeAt(p.item()); p.item() != p.id && first.Before(p.created) || p.created.IsZero() {
		p.created = first
	}
	r.place(o, &p)
	w := wordsOf(o, p.answers != "")
	p.text = w.readable(p.author == r.user)
	p.named = w.names(r.user, r.handle)
	p.media = len(arrayOf(o.object("attachments")["media_keys"])) > 0
	return p, true
}

// place tells where a post stands: in which conversation, and who began that.
func (r reader) place(o object, p *post) {
	p.conversation = o.id("conversation_id")
	if p.conversation == "" || slices.Contains(p.versions, p.conversation) {
		p.conversation, p.starter = p.item(), p.author
		return
	}
	root := r.known[p.conversation]
	p.starter = root.id("author_id")
	p.title = title(wordsOf(root, false).readable(false))
}

// first is the id by which a post is known whose version that is.
func (r reader) first(id string) string {
	if o, ok := r.known[id]; ok {
		return versionsOf(o)[0]
	}
	return id
}

// versionsOf are the ids of a post's versions, itself among them.
func versionsOf(o object) []string {
	id, all := o.id("id"), o.ids("edit_history_tweet_ids", "edit_history_post_ids")
	if !slices.Contains(all, id) {
		all = []string{id}
	}
	return byAge(all)
}

// wordsOf reads what a post of version 2 says: of a long one, all of it.
func wordsOf(o object, reply bool) words {
	w := words{text: o.text("text"), entities: o.object("entities"), reply: reply}
	w.from, w.to, w.ranged = o.pair("display_text_range")
	note := o.object("note_tweet", "note_post")
	if whole := note.text("text"); whole != "" {
		w.text, w.long = whole, true
		if e := note.object("entities"); e != nil {
			w.entities = e
		}
	}
	return w
}
