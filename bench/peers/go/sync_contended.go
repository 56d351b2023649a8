// sync_contended.go - Go: a hundred goroutines take turns with one mutex, and give way while they have it.
//
// One processor, as for task_spawn.go.
//
// SPDX-License-Identifier: MIT
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"
)

const tasks = 100

func main() {
	count, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	runtime.GOMAXPROCS(1)
	var lock sync.Mutex
	var all sync.WaitGroup
	left, done := count, 0
	body := func() {
		for left > 0 {
			left--
			lock.Lock()
			before := done
			runtime.Gosched()
			done = before + 1
			lock.Unlock()
		}
		all.Done()
	}
	all.Add(tasks)
	start := time.Now()
	for i := 0; i < tasks; i++ {
		go body()
	}
	all.Wait()
	spent := float64(time.Since(start).Nanoseconds())
	if done != count {
		panic("an acquire was lost")
	}
	fmt.Printf("{\"bench\":\"sync.contended\",\"subject\":\"go\",\"unit\":\"ns\",\"value\":%.6g}\n",
		spent/float64(count))
}
