package graph

import (
	"strconv"
	"strings"

	"triage/internal/sandbox/board"
)

// recommends reports whether it recommends the Page, or advises against it, rather
// than comments on a post.
func recommends(it *board.Item) bool { return it != nil && it.More["recommendation"] != "" }

// ratingsEnded is the version that serves recommendations no more.
const ratingsEnded = 22

// ratings answers for the recommendations of the Page, newest first. A
// recommendation has no id: that of its story is what can be answered.
func (c *call) ratings(a args, fields []field) (any, *graphError) {
	major, _, _ := strings.Cut(strings.TrimPrefix(c.version, "v"), ".")
	if n, _ := strconv.Atoi(major); n >= ratingsEnded && c.on("ratings") == "ended" {
		return nil, failed(12, 0, "(#12) ratings is deprecated for versions v22.0 and higher")
	}
	if err := c.need(10, "pages_read_user_content"); err != nil {
		return nil, err
	}
	if len(fields) == 0 {
		fields = []field{{name: "created_time"}, {name: "recommendation_type"}, {name: "review_text"}, {name: "reviewer"}}
	}
	slots := c.items(func(it *board.Item) bool {
		return it.Platform == facebook && recommends(it) && a.within(it.Created) && c.kind == pageToken && !c.lost(facebook, "lists")
	}, true)
	return c.edge(list{slots: slots, path: c.opt.PageID + "/ratings", args: a, most: 100,
		show: func(it *board.Item) (map[string]any, *graphError) {
			return show("", fields, func(f field) (any, *graphError) { return c.ratingField(it, f) })
		}})
}

func (c *call) ratingField(it *board.Item, f field) (any, *graphError) {
	switch f.name {
	case "created_time":
		return it.Created.Format(graphTime), nil
	case "has_rating":
		return false, nil
	case "has_review":
		return it.Text != "", nil
	case "rating":
		return nil, nil
	case "recommendation_type":
		return it.More["recommendation"], nil
	case "review_text":
		if it.Text == "" {
			return nil, nil
		}
		return it.Text, nil
	case "reviewer":
		return c.from(it), nil
	case "open_graph_story":
		return c.render(it, f.sub)
	}
	return nil, errField(f.name, "Recommendation")
}
