package x

import (
	"cmp"
	"encoding/base32"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	keptPosts   = 3200               // of one account that can be listed
	searchBack  = 7 * 24 * time.Hour // how far the recent search reaches
	smallest    = 5
	smallSearch = 10
	usualPage   = 10
	biggestPage = 100
)

// mentioned is GET /2/users/{id}/mentions.
func (c *call) mentioned() (any, *problem) {
	if c.id != c.opt.UserID {
		return c.noUser(), nil
	}
	return c.listing(smallest, c.count("mentions-kept"), c.mentions)
}

// written is GET /2/users/{id}/tweets. Advertisements are not among them.
func (c *call) written() (any, *problem) {
	who, ok := c.account(c.id)
	if !ok {
		return c.noUser(), nil
	}
	without := c.list("exclude")
	return c.listing(smallest, keptPosts, func(p post) bool {
		return c.author(p.Item) == who && p.Kind != "dark" && (!without["replies"] || c.target(p.Item) == nil)
	})
}

func (c *call) noUser() object {
	return object{"errors": []partial{c.names.notFound("user", "id", c.id)}}
}

// search is GET /2/tweets/search/recent.
func (c *call) search() (any, *problem) {
	query := c.query.Get("query")
	if query == "" {
		return nil, invalid("query", "", "The `query` query parameter can not be empty")
	}
	var terms []func(post) bool
	for word := range strings.FieldsSeq(query) {
		term := c.term(strings.TrimPrefix(word, "-"))
		if term == nil {
			return nil, invalid("query", query, "There were errors processing your request: no viable alternative at input '%s'", word)
		}
		wanted := !strings.HasPrefix(word, "-")
		terms = append(terms, func(p post) bool { return term(p) == wanted })
	}
	since := c.now().Add(-searchBack)
	return c.listing(smallSearch, keptPosts, func(p post) bool {
		return !p.at().Before(since) && !slices.ContainsFunc(terms, func(t func(post) bool) bool { return !t(p) })
	})
}

// term is one operator of a search; nil: it is not known.
func (c *call) term(word string) func(post) bool {
	name, value, _ := strings.Cut(word, ":")
	is := func(who person) bool { return who.id == value || strings.EqualFold(who.username, value) }
	switch {
	case name == "conversation_id":
		return func(p post) bool { return c.root(p.Item).ID == value }
	case name == "from":
		return func(p post) bool { return is(c.author(p.Item)) }
	case name == "to":
		return func(p post) bool { to := c.target(p.Item); return to != nil && is(c.author(to)) }
	case name == "quotes_of_tweet_id":
		return func(p post) bool { q := c.quoted(p.Item); return q != nil && q.ID == value }
	case word == "is:reply":
		return func(p post) bool { return c.target(p.Item) != nil }
	case word == "is:retweet":
		return func(post) bool { return false }
	case strings.EqualFold(word, "@"+c.opt.Username):
		return c.mentions
	}
	return nil
}

var idPattern = regexp.MustCompile(`^[0-9]{1,19}$`)

// page is what of a list was asked for.
type page struct {
	size          int
	since, until  uint64 // both exclusive
	from, to      time.Time
	below, beyond uint64 // where a token points: older than, or newer than
}

// listing gives one page of the posts that are wanted, newest first.
func (c *call) listing(least, kept int, wanted func(post) bool) (any, *problem) {
	pg, err := c.page(least, usualPage)
	if err != nil {
		return nil, err
	}
	all := slices.DeleteFunc(c.newest(kept, wanted), func(p post) bool { return !pg.holds(p) })
	return c.cut(all, pg), nil
}

// newest gives the posts that can be reached of those that are wanted.
func (c *call) newest(kept int, wanted func(post) bool) []post {
	short := c.on("pages") == "short"
	var all []post
	for _, it := range c.board.Items {
		if p := latest(it); it.Platform == c.Name() && (!it.Deleted || short) && wanted(p) {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b post) int { return byID(b.id(), a.id()) })
	return all[:min(len(all), kept)]
}

// byID compares ids as the numbers that they are.
func byID(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) }

func numeric(id string) uint64 {
	n, _ := strconv.ParseUint(id, 10, 64)
	return n
}

func (pg page) holds(p post) bool {
	id := numeric(p.id())
	return id > pg.since && (pg.until == 0 || id < pg.until) &&
		(pg.from.IsZero() || pg.since > 0 || !p.at().Before(pg.from)) && (pg.to.IsZero() || p.at().Before(pg.to))
}

// page reads the parameters of a list, whose pages have the usual size unless it is
// asked for another, not below the least.
func (c *call) page(least, usual int) (page, *problem) {
	pg := page{size: usual}
	if given := c.query.Get("max_results"); c.query.Has("max_results") {
		n, err := strconv.Atoi(given)
		if err != nil || n < least || n > biggestPage {
			return pg, invalid("max_results", given, "The `max_results` query parameter value [%s] is not between %d and %d", given, least, biggestPage)
		}
		pg.size = n
	}
	for name, into := range map[string]*uint64{"since_id": &pg.since, "until_id": &pg.until} {
		given := c.query.Get(name)
		if c.query.Has(name) && !idPattern.MatchString(given) {
			return pg, invalid(name, given, "The `%s` query parameter value [%s] is not valid", name, given)
		}
		*into = numeric(given)
	}
	for name, into := range map[string]*time.Time{"start_time": &pg.from, "end_time": &pg.to} {
		at, err := time.Parse(time.RFC3339, c.query.Get(name))
		if c.query.Has(name) && err != nil {
			return pg, invalid(name, c.query.Get(name), "The `%s` query parameter value [%s] is not a valid RFC3339 timestamp", name, c.query.Get(name))
		}
		*into = at
	}
	return pg, c.token(&pg)
}

// token reads where the page begins.
func (c *call) token(pg *page) *problem {
	for _, name := range []string{"pagination_token", "next_token"} {
		given := c.query.Get(name)
		if !c.query.Has(name) {
			continue
		}
		raw, err := tokens.DecodeString(given)
		if err != nil || len(raw) < 2 || !idPattern.Match(raw[1:]) {
			return invalid(name, given, "The `%s` query parameter value [%s] is not valid", name, given)
		}
		if raw[0] == '<' {
			pg.below = numeric(string(raw[1:]))
		} else {
			pg.beyond = numeric(string(raw[1:]))
		}
	}
	return nil
}

var tokens = base32.HexEncoding.WithPadding(base32.NoPadding)

// cut gives the page of posts. What is left out of it because its author protected
// it, or it was deleted, makes it shorter.
func (c *call) cut(all []post, pg page) object {
	ids := make([]string, len(all))
	for i, p := range all {
		ids[i] = p.id()
	}
	from, to, meta := pg.bounds(ids)
	return c.shown(slices.DeleteFunc(slices.Clone(all[from:to]), func(p post) bool { return p.Deleted || c.hiddenFromUs(p.Item) }), meta)
}

// bounds finds the page in a list, newest first, and gives the tokens of those
// beside it.
func (pg page) bounds(ids []string) (from, to int, meta object) {
	if pg.below > 0 {
		from = len(ids)
		if i := slices.IndexFunc(ids, func(id string) bool { return numeric(id) < pg.below }); i >= 0 {
			from = i
		}
	}
	to = min(len(ids), from+pg.size)
	if pg.beyond > 0 {
		to = 0
		for to < len(ids) && numeric(ids[to]) > pg.beyond {
			to++
		}
		from = max(0, to-pg.size)
	}
	meta = object{"result_count": 0}
	if to > 0 && to < len(ids) {
		meta["next_token"] = tokens.EncodeToString([]byte("<" + ids[to-1]))
	}
	if from > 0 && from < len(ids) {
		meta["previous_token"] = tokens.EncodeToString([]byte(">" + ids[from]))
	}
	return from, to, meta
}

// shown gives the posts of a page; without any, nothing but how many there are.
func (c *call) shown(posts []post, meta object) object {
	meta["result_count"] = len(posts)
	if len(posts) == 0 {
		return object{"meta": meta}
	}
	meta["newest_id"], meta["oldest_id"] = posts[0].id(), posts[len(posts)-1].id()
	a := c.answer()
	var data []object
	for _, p := range posts {
		data = append(data, a.post(p))
	}
	return a.wrap(data, meta)
}

// several is GET /2/tweets?ids=.
func (c *call) several() (any, *problem) {
	ids := strings.Split(c.query.Get("ids"), ",")
	if len(ids) > 100 || slices.ContainsFunc(ids, func(id string) bool { return !idPattern.MatchString(id) }) {
		return nil, invalid("ids", c.query.Get("ids"), "The `ids` query parameter must hold from 1 to 100 ids")
	}
	a := c.answer()
	var data []object
	for _, id := range ids {
		if one := a.look("ids", id); one != nil {
			data = append(data, one)
		}
	}
	if data == nil {
		return a.wrap(nil, nil), nil
	}
	return a.wrap(data, nil), nil
}

// one is GET /2/tweets/{id}.
func (c *call) one() (any, *problem) {
	if !idPattern.MatchString(c.id) {
		return nil, invalid("id", c.id, "The `id` query parameter value [%s] is not valid", c.id)
	}
	a := c.answer()
	if one := a.look("id", c.id); one != nil {
		return a.wrap(one, nil), nil
	}
	return a.wrap(nil, nil), nil
}

// look gives a post by any id of its chain, or notes why not.
func (a *answer) look(parameter, id string) object {
	p, ok := a.find(id)
	if ok && !a.hiddenFromUs(p.Item) {
		return a.post(p)
	}
	a.errors = append(a.errors, a.refused(p.Item, parameter, id))
	return nil
}

// me is GET /2/users/me.
func (c *call) me() (any, *problem) {
	if c.who.id != c.opt.UserID {
		return object{"data": c.userObject(person{c.who.id, "Robin Manager", "robin_manager"})}, nil
	}
	return object{"data": c.userObject(c.practice())}, nil
}

// user is GET /2/users/{id}.
func (c *call) user() (any, *problem) {
	if !idPattern.MatchString(c.id) {
		return nil, invalid("id", c.id, "The `id` query parameter value [%s] is not valid", c.id)
	}
	who, ok := c.account(c.id)
	if !ok {
		return c.noUser(), nil
	}
	return object{"data": c.userObject(who)}, nil
}
