"""The product's addresses as ``up --demo`` has them."""

from __future__ import annotations

from django.urls import include, path

from helpdesk.urls import urlpatterns as of_the_product

urlpatterns = [*of_the_product, path("demo/", include("helpdesk.demo_controls"))]
