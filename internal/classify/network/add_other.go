//go:build !amd64

package network

func set(dst []int16, src []int8)                  { setGo(dst, src) }
func add(dst []int16, src []int8)                  { addGo(dst, src) }
func pool(best, rows []int16, filters, places int) { poolGo(best, rows, filters, places) }
func layer(a *[lanes]float32, h, w []float32)      { layerGo(a, h, w) }

func project(dst, w, vector []int16, scales []float32, scale float32) {
	projectGo(dst, w, vector, scales, scale)
}
