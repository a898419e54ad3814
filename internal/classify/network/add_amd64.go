package network

import "golang.org/x/sys/cpu"

var fast = cpu.X86.HasAVX2

//go:noescape
func setAVX2(dst *int16, src *int8, n int)

//go:noescape
func addAVX2(dst *int16, src *int8, n int)

//go:noescape
func poolAVX2(best, rows *int16, filters, columns, places int)

// set writes a row of the table; its length is a multiple of 32.
func set(dst []int16, src []int8) {
	if fast {
		setAVX2(&dst[0], &src[0], len(src))
		return
	}
	setGo(dst, src)
}

// add adds a row of the table.
func add(dst []int16, src []int8) {
	if fast {
		addAVX2(&dst[0], &src[0], len(src))
		return
	}
	addGo(dst, src)
}

//go:noescape
func sumAVX2(dst *int16, a, b *int8, n int)

// sum writes the sum of two rows of the table.
func sum(dst []int16, a, b []int8) {
	if fast {
		_ = b[len(a)-1]
		sumAVX2(&dst[0], &a[0], &b[0], len(a))
		return
	}
	setGo(dst, a)
	addGo(dst, b)
}

// pool raises best (filters times widths) to the greatest answers at places;
// rows holds one for each place and four more.
func pool(best, rows []int16, filters, places int) {
	if fast {
		_ = rows[(places+extra)*filters*offsets-1]
		poolAVX2(&best[0], &rows[0], filters, filters*offsets, places)
		return
	}
	poolGo(best, rows, filters, places)
}

//go:noescape
func projectAVX2(one, two, w, v1, v2 *int16, pairs, blocks int, scales *float32, scale1, scale2 float32)

// project writes the answers to two vectors, an even number of whole steps of
// their scales: w has, for each block of columns, the numbers of every column
// for two of a vector's side by side.
func project(one, two *untold, w []int16, scales []float32) {
	if fast {
		columns, size := len(scales), len(one.vector)
		_, _, _, _ = one.answer[columns-1], two.answer[columns-1], two.vector[size-1], w[columns*size-1]
		projectAVX2(&one.answer[0], &two.answer[0], &w[0], &one.vector[0], &two.vector[0], size/2, columns/block, &scales[0], one.scale, two.scale)
		return
	}
	projectGo(one, w, scales)
	projectGo(two, w, scales)
}

//go:noescape
func liftAVX2(h *float32, best *int16, scale, bias *float32, n int)

// lift makes of the greatest answers, a multiple of eight of them, what filters
// say: in numbers, with their bias, nothing below zero.
func lift(h []float32, best []int16, scale, bias []float32) {
	if fast {
		_, _, _ = h[len(best)-1], scale[len(best)-1], bias[len(best)-1]
		liftAVX2(&h[0], &best[0], &scale[0], &bias[0], len(best))
		return
	}
	liftGo(h, best, scale, bias)
}

//go:noescape
func prefetchLines(p *int8, n int)

// prefetch begins to fetch what will be read soon.
func prefetch(row []int8) { prefetchLines(&row[0], len(row)) }

//go:noescape
func layerAVX2(a, h, w *float32, n int)

// layer adds to a what a linear layer makes of h, an even number of inputs; w
// has a row of lanes for each of it.
func layer(a *[lanes]float32, h, w []float32) {
	if fast {
		_ = w[len(h)*lanes-1]
		layerAVX2(&a[0], &h[0], &w[0], len(h))
		return
	}
	layerGo(a, h, w)
}
