import sys

from filiera_solvers._cli import main

sys.exit(main())
